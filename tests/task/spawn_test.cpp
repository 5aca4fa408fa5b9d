// task/spawn_test.cpp: starting tasks: order, forms, refs, cancelling at every moment.
#include <troupe/task/spawn.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/core/log_sinks.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace spawn_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

using SpawnTest = troupe_test::RecordedTest;

Task<> says(int n) {
  say("task", n);
  co_return;
}

TEST_F(SpawnTest, TasksRunInTheOrderOfTheQueue) {
  Runtime rt;
  spawn(rt, says(1));
  defer(rt, [] { say("call"); });
  spawn(rt, says(2), ret_nop);
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "task1 call task2");
}

TEST_F(SpawnTest, TheFrameIsDestroyedBeforeTheRetIsAnswered) {
  Runtime rt;
  spawn(
      rt,
      [](SaysBye) -> Task<int> {
        const SaysBye local("~local");
        co_return 5;
      },
      tell_int("ret"), SaysBye("~argument"));
  rt.run();
  EXPECT_EQ(told(), "~local ~argument ret=5");
}

TEST_F(SpawnTest, AnyAwaitableCanBeSpawned) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(rt, std::move(value), tell_int("pipe"));
  spawn(rt, sleep(1s), ret_do([](Reply<> r) { say(r ? "slept" : "no"); }));
  ret(3);
  run_virtual(rt);
  EXPECT_EQ(told(), "pipe=3 slept");
}

TEST_F(SpawnTest, ARefTellsAndOutlives) {
  TaskRef ref;
  EXPECT_TRUE(ref.done());
  {
    Runtime rt;
    ref = spawn(rt, [](SaysBye) -> Task<> { co_await sleep(1s); }, ret_nop, SaysBye("~a"));
    EXPECT_FALSE(ref.done());
    EXPECT_EQ(ref.id(), 1u);
    rt.run();
    EXPECT_FALSE(ref.done());
    EXPECT_EQ(rt.live_tasks(), 1u);
  }
  EXPECT_EQ(told(), "~a");
  EXPECT_TRUE(ref.done());
  ref.cancel();
}

Task<> has_a_name(Value<> go_on) {
  co_await go_on;
  co_await sleep(1s);
}
TEST_F(SpawnTest, ARefKnowsTheNameOfItsFunction) {
  EXPECT_EQ(TaskRef().name(), "");
  Runtime rt;
  auto [value, ret] = push_pipe<>(rt);
  const TaskRef ref = spawn(rt, has_a_name(std::move(value)));
  const TaskRef other = spawn(rt, says(1));
  const auto holds = [](const TaskRef& task, std::string_view words) {
    return task.name().find(words) != std::string_view::npos;
  };
  EXPECT_TRUE(holds(ref, "has_a_name")) << ref.name() << ": before its first step";
  EXPECT_TRUE(holds(other, "says")) << other.name();
  rt.run();
  EXPECT_TRUE(holds(ref, "has_a_name")) << ref.name() << ": where it waits";
  EXPECT_EQ(other.name(), "") << "it is done";
  ret();
  rt.run();
  EXPECT_TRUE(holds(ref, "has_a_name")) << ref.name() << ": where it waits next";
  run_virtual(rt);
  EXPECT_EQ(ref.name(), "");
  EXPECT_EQ(told(), "task1");
}

TEST_F(SpawnTest, CancelBeforeItsFirstStep) {
  Runtime rt;
  const TaskRef ref = spawn(
      rt, [](SaysBye) -> Task<int> { co_return say("ran"), 0; }, tell_int("ret"), SaysBye("~a"));
  ref.cancel();
  EXPECT_EQ(told(), "~a ret!cancelled");
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(SpawnTest, ATaskMayCancelItself) {
  Runtime rt;
  auto [ready, tell] = push_pipe<>(rt);
  TaskRef self;
  self = spawn(
      rt,
      [](Value<> start, Borrowed<TaskRef*> me) -> Task<int> {
        const SaysBye local("~local");
        co_await start;
        me.get()->cancel();
        say("goes on");
        co_await sleep(1s);
        co_return say("never"), 0;
      },
      tell_int("ret"), std::move(ready), unsafe_borrow(&self));
  tell();
  run_virtual(rt);
  EXPECT_EQ(told(), "goes on ~local ret!cancelled");
}

struct Canceller {  // its destructor cancels another task, as destructors of dying frames do
  TaskRef other;
  ~Canceller() {
    say("~c");
    other.cancel();
  }
};
TEST_F(SpawnTest, CancelsFromDestructorsOfDyingFramesAreFlattened) {
  Runtime rt;
  TaskRef last;
  for (int i = 0; i < 50'000; ++i)
    last = spawn(
        rt,
        [](TaskRef before) -> Task<> {
          const Canceller c{before};
          co_await sleep(1s);
        },
        ret_nop, last);
  rt.run();
  EXPECT_EQ(rt.live_tasks(), 50'000u);
  last.cancel();
  EXPECT_EQ(rt.live_tasks(), 0u);
}

struct Owner {
  Task<int> long_one(Cx<Owner>&) {
    const SaysBye local("~long");
    co_await sleep(9s);
    co_return 1;
  }
  void spawns(Cx<Owner>& cx) {
    spawn(
        cx,
        [](Cx<Owner>& own) -> Task<> {
          const SaysBye local("~spawned");
          co_await sleep(5s);
          own.stop();
        },
        ret_nop);
  }
};
TEST_F(SpawnTest, ACoroutineWithACxBelongsToThatActor) {
  Runtime rt;
  auto own = make_actor<Owner>(rt, tell_end("owner"));
  call<&Owner::spawns>(own);
  rt.run();
  own = {};
  rt.run();
  EXPECT_EQ(told(), "~spawned owner:dropped");
}

TEST_F(SpawnTest, AwaitingTheTaskOfAnotherOwnerLosesItWithThatOwner) {
  Runtime rt;
  auto own = make_actor<Owner>(rt, tell_end("owner"));
  spawn(
      rt, [](Actor<Owner> o) -> Task<int> { co_return co_await ask<&Owner::long_one>(o); },
      tell_int("asker"), own.actor());
  rt.run();
  own = {};
  rt.run();
  EXPECT_EQ(told(), "~long owner:dropped asker!lost");
}

TEST_F(SpawnTest, TheRuntimesEndDropsItsTasks) {
  {
    Runtime rt;
    spawn(
        rt,
        [](SaysBye) -> Task<int> {
          co_await sleep(1s);
          co_return 1;
        },
        tell_int("ret"), SaysBye("~a"));
    rt.run();
  }
  EXPECT_EQ(told(), "~a ret!runtime ended");
}

struct SpawnsAsItDies {
  explicit SpawnsAsItDies(Core& c) : core(c) {}
  ~SpawnsAsItDies() {
    spawn(core, []() -> Task<int> { co_return 1; }, tell_int("too late"));
  }
  Core& core;
};
TEST_F(SpawnTest, WhileTheRuntimeEndsNothingBegins) {
  {
    Runtime rt;
    const auto actor = make_actor<SpawnsAsItDies>(rt, ret_nop, unsafe_borrow(rt.core()));
    rt.run();
  }
  EXPECT_EQ(told(), "too late!lost");
}

struct Lends {
  Task<int> work(Cx<Lends>&) {
    co_await sleep(1s);
    co_return 5;
  }
  void lend(Cx<Lends>& cx, Ret<Task<int>> ret) { ret(work(cx)); }
};
TEST_F(SpawnTest, ATaskOfAnActorRunsInTheRuntimeOfThatActor) {
  Runtime one;
  {
    Runtime two;
    auto lends = make_actor<Lends>(two, ret_nop);
    std::vector<Task<int>> lent;
    for (int i = 0; i < 2; ++i)
      call<&Lends::lend>(lends, ret_some_do([](std::vector<Task<int>>* to,
                                               Task<int> t) { to->push_back(std::move(t)); },
                                            unsafe_borrow(lent)));
    two.run();
    spawn(one, std::move(lent[0]), tell_int("spawned"));
    spawn(
        one, [](Task<int> t) -> Task<int> { co_return co_await std::move(t); }, tell_int("awaited"),
        std::move(lent[1]));
    one.run();
    EXPECT_EQ(two.live_tasks(), 2u);
    run_virtual(two);
    one.run();
    EXPECT_EQ(told(), "spawned=5 awaited=5");
    call<&Lends::lend>(
        lends,
        ret_some_do([](Runtime* to, Task<int> t) { spawn(*to, std::move(t), tell_int("late")); },
                    unsafe_borrow(one)));
    two.run();
  }
  EXPECT_EQ(told(), "late!runtime ended");
  one.run();
}

#if TROUPE_EXCEPTIONS
Task<int> breaks(std::string why) {
  co_await sleep(1s);
  throw std::runtime_error(why);
}
TEST_F(SpawnTest, WhatDiesOnTheWayOfAnExceptionIsToldSo) {
  Runtime rt;
  spawn(
      rt,
      [](Ret<int> ret) -> Task<> {
        const Ret<int> local = std::move(ret);
        co_await sleep(1s);
        throw std::runtime_error("thrown");
      },
      ret_nop, ret_do([](const Reply<int>& r) { say(r.error().text()); }));
  run_virtual(rt);
  EXPECT_EQ(told(), "failed: thrown");
}
TEST_F(SpawnTest, AnExceptionThatNobodyHearsOfIsLogged) {
  Runtime rt;
  rt.set_logger(LogLevel::error, [](Core&, const LogRecord& record) {
    std::string text;
    append_text_message(text, record);
    const bool named = text.find("breaks") != std::string::npos;
    say(named ? "log of breaks:" : "log:", record.text);
  });
  spawn(rt, breaks, ret_nop, std::string("one"));
  run_virtual(rt);
  EXPECT_EQ(told(), "log of breaks:one");
  spawn(rt, breaks("two"));
  spawn(rt, breaks, ret_do([](const Reply<int>& r) { say("heard", r.error().text()); }),
        std::string("three"));
  const TaskRef dropped = spawn(rt, breaks("four"));
  rt.run();
  dropped.cancel();
  run_virtual(rt);
  EXPECT_EQ(told(), "log of breaks:two heardfailed: three");
}
#endif

}  // namespace spawn_test
}  // namespace troupe
