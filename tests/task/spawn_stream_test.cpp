// task/spawn_stream_test.cpp: streams that go to a Fwd: turns, ends, both forms of a loss,
// receivers that go.
#include <troupe/task/spawn_stream.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/task/generator.hpp>
#include <troupe/task/stream_pipe.hpp>
#include <utility>

#include "support/recorder.hpp"
#include "support/streams.hpp"

namespace troupe {
namespace spawn_stream_test {

using namespace std::chrono_literals;
using troupe_test::count_to;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::told;

using SpawnStreamTest = troupe_test::RecordedTest;

Fwd<std::optional<int>> tell_items() {
  return fwd_do([](const std::optional<int>& item) {
    if (item)
      say("", *item);
    else
      say("none");
  });
}
Fwd<std::optional<Reply<int>>> tell_replies() {
  return fwd_do([](const std::optional<Reply<int>>& item) {
    if (!item)
      say("none");
    else if (*item)
      say("", **item);
    else
      say(to_string(item->error().why()));
  });
}

TEST_F(SpawnStreamTest, WhatIsThereAtOnceGoesInOneTurn) {
  Runtime rt;
  const TaskRef task = spawn_stream(rt, count_to(3), tell_items());
  defer(rt, [] { say("call"); });
  EXPECT_EQ(told(), "") << "the first step is deferred";
  rt.run();
  EXPECT_EQ(told(), "0 1 2 ~gen none call");
  EXPECT_TRUE(task.done());
}

TEST_F(SpawnStreamTest, FromPipeToPipe) {
  Runtime rt;
  auto [from, in] = stream_pipe<int>(rt);
  auto [to, out] = stream_pipe<int>(rt);
  spawn_stream(rt, std::move(from), std::move(out));
  spawn_stream(rt, std::move(to), tell_items());
  in(1);
  rt.run();
  EXPECT_EQ(told(), "1");
  in(2);
  in(3);
  in(std::nullopt);
  rt.run();
  EXPECT_EQ(told(), "2 3 none");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(SpawnStreamTest, AFunctionMakesTheStream) {
  Runtime rt;
  spawn_stream(rt, count_to, tell_items(), 2);
  spawn_stream(
      rt,
      [](Core& core, std::string text) -> Generator<int> {
        co_yield core.not_shutdown() ? 1 : 0;
        co_yield static_cast<int>(text.size());
      },
      tell_items(), std::string("four"));
  rt.run();
  EXPECT_EQ(told(), "0 1 ~gen none 1 4 none");
}

TEST_F(SpawnStreamTest, ALossDropsTheTaskAndSendsNoEnd) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  const TaskRef task = spawn_stream(rt, std::move(stream), tell_items());
  fwd(1);
  rt.run();
  { const auto dies = std::move(fwd); }
  rt.run();
  EXPECT_EQ(told(), "1");
  EXPECT_TRUE(task.done());
}

TEST_F(SpawnStreamTest, InTheSecondFormALossIsSent) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  spawn_stream(rt, std::move(stream), tell_replies());
  fwd(1);
  rt.run();
  { const auto dies = std::move(fwd); }
  rt.run();
  EXPECT_EQ(told(), "1 dropped none");
  spawn_stream(rt, count_to(1), tell_replies());
  rt.run();
  EXPECT_EQ(told(), "0 ~gen none");
}

TEST_F(SpawnStreamTest, AReceiverThatHasGoneEndsTheTask) {
  Runtime rt;
  auto [from, in] = stream_pipe<int>(rt);
  auto [to, out] = stream_pipe<int>(rt);
  const TaskRef task = spawn_stream(rt, std::move(from), std::move(out));
  in(1);
  rt.run();
  { const auto dies = std::move(to); }
  in(2);
  rt.run();
  EXPECT_TRUE(task.done());
  EXPECT_FALSE(in.is_wanted());
}

TEST_F(SpawnStreamTest, NobodyReceivesAndTheStreamRunsAllTheSame) {
  Runtime rt;
  const TaskRef task = spawn_stream(rt, count_to(1000), fwd_nop);
  rt.run();
  EXPECT_EQ(told(), "~gen");
  EXPECT_TRUE(task.done());
}

TEST_F(SpawnStreamTest, ItCanBeCancelled) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  const TaskRef task = spawn_stream(rt, std::move(stream), tell_items());
  rt.run();
  fwd(1);
  task.cancel();
  EXPECT_FALSE(fwd.is_wanted());
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(SpawnStreamTest, AnActorReceives) {
  Runtime rt;
  struct Sums {
    int sum = 0;
    void add(Cx<Sums>&, std::optional<int> item) {
      if (item)
        sum += *item;
      else
        say("sum", sum);
    }
    void begin(Cx<Sums>& cx) { spawn_stream(cx, count_to(5), fwd_to<&Sums::add>(cx)); }
  };
  const auto sums = make_actor<Sums>(rt, ret_nop);
  call<&Sums::begin>(sums);
  rt.run();
  EXPECT_EQ(told(), "~gen sum10");
}

}  // namespace spawn_stream_test
}  // namespace troupe
