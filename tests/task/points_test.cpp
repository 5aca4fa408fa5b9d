// task/points_test.cpp: the points about tasks that are easiest to get wrong, one test each part.
//
// The others are in core/points_test.cpp, under the numbers between. Where Troupe has its own rule,
// the test says so.
#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"
#include "support/streams.hpp"

namespace troupe {
namespace points_test {

using troupe_test::read_all;
using troupe_test::read_replies;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

using Points = troupe_test::OneRuntimeTest;
using IntFwd = Fwd<std::optional<int>>;

Task<int> ends(SaysBye) {
  say("runs");
  const SaysBye local("~local");
  co_return 1;
}
Task<int> pushed(Value<int> value) {
  const SaysBye local("~local");
  co_return co_await value;
}
Task<int> pulled(Ret<Ret<int>> request) {
  const SaysBye local("~local");
  co_return co_await pull_pipe<int>(std::move(request));
}

TEST_F(Points, Point23_the_first_step_is_deferred) {
  spawn(rt, ends(SaysBye("~argument")), tell_int("end"));
  defer(rt, [] { say("queued"); });
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "runs ~local ~argument end=1 queued") << "in its place in the queue";
  defer(rt, [](Core& core) {
    spawn(core, ends(SaysBye("~argument")), tell_int("end"));
    say("after");
  });
  rt.run();
  EXPECT_EQ(told(), "after runs ~local ~argument end=1") << "also where it is spawned inside a run";
}

TEST_F(Points, Point23_the_frame_is_destroyed_before_the_ret_is_answered) {
  spawn(rt, ends(SaysBye("~argument")), tell_int("value"));
  rt.run();
  EXPECT_EQ(told(), "runs ~local ~argument value=1");
  auto [value, ret] = push_pipe<int>(rt);
  spawn(rt, pushed(std::move(value)), tell_int("loss"));
  rt.run();
  { const Ret<int> dies = std::move(ret); }
  rt.run();
  EXPECT_EQ(told(), "~local loss!dropped");
  const TaskRef ref = spawn(rt, ends(SaysBye("~argument")), tell_int("cancel"));
  ref.cancel();
  EXPECT_EQ(told(), "~argument cancel!cancelled");
}

TEST_F(Points, Point23_a_dropped_ret_of_a_push_pipe_ends_the_task_by_the_queue) {
  auto [value, ret] = push_pipe<int>(rt);
  spawn(rt, pushed(std::move(value)), tell_int("end"));
  rt.run();
  defer(rt, [](Ret<int> dies_here) { say("drops", bool(dies_here)); }, std::move(ret));
  defer(rt, [] { say("queued"); });
  rt.run();
  EXPECT_EQ(told(), "drops1 queued ~local end!dropped");
}

// The original ends a task at once, inside whoever drops the Ret of a pull pipe. Here no task ends
// inside another's turn: a pull pipe drops as a push pipe does.
TEST_F(Points, Point23_a_dropped_ret_of_a_pull_pipe_ends_the_task_by_the_queue_too) {
  Ret<int> asked = nullptr;
  spawn(rt,
        pulled(ret_some_do([](Ret<int>* to, Ret<int> ret) { *to = std::move(ret); },
                           unsafe_borrow(&asked))),
        tell_int("end"));
  rt.run();
  ASSERT_TRUE(bool(asked));
  defer(rt, [](Ret<int> dies_here) { say("drops", bool(dies_here)); }, std::move(asked));
  defer(rt, [] { say("queued"); });
  rt.run();
  EXPECT_EQ(told(), "drops1 queued ~local end!dropped");
}

// The original loses what is queued when the last sender goes without a word, unless the stream
// says results. Here the items come first in every mode; the mode says what becomes of the missing
// end alone.
TEST_F(Points, Point24_a_stream_that_is_dropped_loses_no_item) {
  auto [stream, fwd] = stream_pipe<int>(rt);
  for (int i = 1; i <= 3; ++i) fwd(i);
  { const IntFwd dies = std::move(fwd); }
  spawn(rt, read_all(std::move(stream)), tell_int("drop"));
  rt.run();
  EXPECT_EQ(told(), "1 2 3 ~local drop!dropped") << "and then the task ends, since no end was sent";
  auto [other, to_other] = stream_pipe<int>(rt);
  for (int i = 1; i <= 3; ++i) to_other(i);
  { const IntFwd dies = std::move(to_other); }
  spawn(rt, read_replies(std::move(other)), tell_int("reply"));
  rt.run();
  EXPECT_EQ(told(), "1 2 3 dropped end reply=4");
}

TEST_F(Points, Point24_nor_does_one_whose_reader_waits) {
  auto [stream, fwd] = stream_pipe<int>(rt);
  spawn(rt, read_all(std::move(stream)), tell_int("drop"));
  rt.run();
  defer(
      rt,
      [](IntFwd dies_here) {
        dies_here(1);
        dies_here(2);
      },
      std::move(fwd));
  defer(rt, [] { say("queued"); });
  rt.run();
  EXPECT_EQ(told(), "queued 1 2 ~local drop!dropped")
      << "nor does the reader end inside who drops the Fwd";
}

TEST_F(Points, Point24_a_stream_that_was_ended_may_be_dropped) {
  auto [stream, fwd] = stream_pipe<int>(rt);
  fwd(1);
  fwd(std::nullopt);
  { const IntFwd dies = std::move(fwd); }
  spawn(rt, read_all(std::move(stream)), tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "1 end ~local end=1");
}

}  // namespace points_test
}  // namespace troupe
