// task/foreign_frame_test.cpp: what foreign code can ask of the frame that it is handed.
#include <troupe/task/foreign_frame.hpp>

#include <gtest/gtest.h>

#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace foreign_frame_test {

using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

std::coroutine_handle<detail::Seen> seen;
struct Typed {  // an awaiter that looks at the promise of who waits for it
  bool await_ready() const { return false; }
  template <class P> void await_suspend(std::coroutine_handle<P> h) { seen = h; }
  int await_resume() { return 3; }
};
Task<int> awaits() { co_return co_await Typed(); }

struct ForeignFrameTest : troupe_test::RecordedTest {};

TEST_F(ForeignFrameTest, StoppedMeansThatNothingWillCome) {
  Runtime rt;
  spawn(rt, awaits(), tell_int("end"));
  rt.run();
  seen.promise().unhandled_stopped().resume();
  rt.run();
  EXPECT_EQ(told(), "end!lost");
}

TEST_F(ForeignFrameTest, TheTokenIsThatOfTheTask) {
  Runtime rt;
  const TaskRef ref = spawn(rt, awaits(), tell_int("end"));
  rt.run();
  const StopCallback tells(seen.promise().stop_token(), [] {
    say("stopping");
    seen.promise().unhandled_stopped();
  });
  ref.cancel();
  EXPECT_EQ(told(), "stopping end!cancelled");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(ForeignFrameTest, TheHandleIsAnOrdinaryOne) {
  Runtime rt;
  spawn(rt, awaits(), tell_int("end"));
  rt.run();
  const std::coroutine_handle<> plain = seen;
  EXPECT_EQ(std::coroutine_handle<detail::Seen>::from_address(plain.address()), seen);
  plain.resume();
  rt.run();
  EXPECT_EQ(told(), "end=3");
}

}  // namespace foreign_frame_test
}  // namespace troupe
