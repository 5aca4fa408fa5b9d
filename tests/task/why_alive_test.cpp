// task/why_alive_test.cpp: what keeps a runtime running, as data and as text.
#include <troupe/core/why_alive.hpp>

#include <gtest/gtest.h>

#include <troupe/core.hpp>
#include <troupe/task.hpp>

namespace troupe {
namespace why_alive_test {

using namespace std::chrono_literals;

struct Silent {
  void get(Cx<Silent>&, Ret<int> ret) { kept = std::move(ret); }
  void named(Cx<Silent>& cx) { cx.set_name("quiet"); }
  Task<> work(Cx<Silent>&) { co_await sleep(3s); }
  Ret<int> kept{ret_nop};
};
struct Foreign {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) { held = h; }
  void await_resume() {}
  static inline std::coroutine_handle<> held;
};
struct WakesNever {  // an awaiter of ours that forgot its waiter
  static constexpr Mode mode = Mode::drop;
  static constexpr const char* what = "a lamp post";
  bool armed() const noexcept { return false; }
  bool await_ready() const noexcept { return false; }
  void wait(Wake) noexcept {}
  void await_suspend(std::coroutine_handle<>) noexcept {}
  void await_resume() const noexcept {}
};

Task<int> inner(Actor<Silent> to) { co_return co_await ask<&Silent::get>(to); }
constexpr unsigned outer_line = __LINE__ + 1;
Task<int> outer(Actor<Silent> to) { co_return co_await inner(to); }
Task<> waits_for_nothing() { co_await WakesNever(); }
Task<> foreign() { co_await Foreign(); }

TEST(WhyAliveTest, AnEmptyRuntime) {
  Runtime rt;
  const WhyAlive why = rt.why_alive();
  EXPECT_TRUE(why.nothing());
  EXPECT_EQ(why.text(), "nothing keeps it alive\n");
}

TEST(WhyAliveTest, WhoWaitsForWhatAndSinceWhen) {
  Runtime rt;
  rt.run(rt.now() + 1s);
  const auto silent = make_actor<Silent>(rt, ret_nop);
  const TaskRef asks = spawn(rt, outer(silent.actor()));
  spawn(rt, waits_for_nothing());
  call<&Silent::work>(silent);
  call<&Silent::named>(silent);
  rt.run();
  spawn(rt, waits_for_nothing());
  rt.run(rt.now() + 2s, RunLimit{.items = 0});
  const WhyAlive why = rt.why_alive();
  ASSERT_EQ(why.actors.size(), 1u);
  EXPECT_EQ(why.actors[0].name, "quiet");
  EXPECT_EQ(why.actors[0].owners, 1u);
  ASSERT_EQ(why.tasks.size(), 4u);
  EXPECT_EQ(why.tasks[0].awaits, "an answer from");
  EXPECT_NE(why.tasks[0].whom.find("Silent"), std::string_view::npos);
  EXPECT_EQ(why.tasks[0].since, Instant{} + 1s);
  EXPECT_FALSE(why.tasks[0].stuck);
  ASSERT_EQ(why.tasks[0].backtrace.size(), 2u);
  EXPECT_NE(why.tasks[0].backtrace[0].function().find("inner"), std::string_view::npos);
  EXPECT_NE(why.tasks[0].backtrace[1].function().find("outer"), std::string_view::npos);
  EXPECT_NE(why.tasks[0].backtrace[1].file().find("why_alive_test.cpp"), std::string_view::npos);
  EXPECT_EQ(why.tasks[0].backtrace[1].line(), outer_line);
  EXPECT_EQ(why.tasks[1].awaits, "a lamp post");
  EXPECT_TRUE(why.tasks[1].stuck);
  EXPECT_EQ(why.tasks[2].actor, why.actors[0].id);
  EXPECT_EQ(why.tasks[2].awaits, "a point in time");
  EXPECT_EQ(why.tasks[3].awaits, "") << "queued to run";
  EXPECT_FALSE(why.tasks[3].stuck);
  EXPECT_EQ(why.timers, 1u);
  EXPECT_EQ(why.next_timer, Instant{} + 4s);
  EXPECT_TRUE(why.queued);
  if (Ledger::enabled) {
    ASSERT_EQ(why.rets.size(), 1u);
    EXPECT_EQ(why.rets[0].live, 1u);
    EXPECT_EQ(why.rets[0].since, Instant{} + 1s);
  }
  const std::string text = why.text();
  for (const std::string_view words :
       {"kept alive by 1 actor, 4 tasks, 1 timer (the next in 1.000 s), queued calls\n",
        "\"quiet\": ready, 1 owner\n",
        "awaits a lamp post for 2.000 s, STUCK: nothing is left that could wake it\n",
        "why_alive_test.cpp:", "of actor 1: awaits a point in time for 2.000 s\n",
        ": queued to run\n"})
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  EXPECT_EQ(asks.backtrace().size(), 2u);
}

Task<int> asks_in_time(Actor<Silent> to) { co_return co_await timeout(1s, ask<&Silent::get>(to)); }
Task<> waits_in_time(Actor<Silent> to) { (void)co_await deadline(Instant(5s), outer(to)).reply(); }
TEST(WhyAliveTest, WhatIsAwaitedWithinALimit) {
  Runtime rt{Instant{}};
  const auto one = make_actor<Silent>(rt, ret_nop), other = make_actor<Silent>(rt, ret_nop);
  spawn(rt, asks_in_time(one.actor()));
  spawn(rt, waits_in_time(other.actor()));
  rt.run();
  const WhyAlive why = rt.why_alive();
  ASSERT_EQ(why.tasks.size(), 3u) << why.text();
  EXPECT_EQ(why.tasks[0].awaits, "an answer from");
  EXPECT_NE(why.tasks[0].whom.find("Silent"), std::string_view::npos);
  EXPECT_TRUE(why.tasks[0].limited);
  EXPECT_EQ(why.tasks[1].awaits, "another task");
  EXPECT_TRUE(why.tasks[1].limited);
  EXPECT_EQ(why.tasks[2].awaits, "an answer from");
  EXPECT_FALSE(why.tasks[2].limited);
  EXPECT_EQ(why.tasks[0].whom_id, one.id()) << "which of two of a class";
  EXPECT_EQ(why.tasks[1].whom_id, 0u) << "no actor is asked";
  EXPECT_EQ(why.tasks[2].whom_id, other.id());
  EXPECT_EQ(why.tasks[2].parent, why.tasks[1].id) << "deadline() runs a task as one of its own";
  for (const std::string_view words :
       {"Silent, within a limit of time, for 0.000 s\n", "awaits an answer from actor 1 ",
        "awaits an answer from actor 2 ",
        "awaits another task, within a limit of time, for 0.000 s\n"})
    EXPECT_NE(why.text().find(words), std::string::npos) << why.text();
}

constexpr unsigned all_line = __LINE__ + 2;
Task<> awaits_both(Actor<Silent> to) {
  (void)co_await all(outer(to), race(sleep(1s), waits_for_nothing()));
}
constexpr unsigned join_line = __LINE__ + 4;
Task<> joins(Core& core) {
  Scope scope(core);
  scope.spawn(waits_for_nothing());
  co_await scope.join();
}
TEST(WhyAliveTest, ChildrenNameTheirParentAndTheUsersLines) {
  Runtime rt;
  const auto silent = make_actor<Silent>(rt, ret_nop);
  spawn(rt, awaits_both(silent.actor()));
  spawn(rt, joins);
  rt.run();
  const WhyAlive why = rt.why_alive();
  const auto by_parent = [&](std::uint64_t parent) {
    std::vector<const AliveTask*> all;
    for (const AliveTask& t : why.tasks)
      if (t.parent == parent) all.push_back(&t);
    return all;
  };
  ASSERT_EQ(why.tasks.size(), 7u) << why.text();
  const auto roots = by_parent(0);
  ASSERT_EQ(roots.size(), 2u) << why.text();
  const auto both = by_parent(roots[0]->id);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(roots[0]->children.size(), 2u);
  ASSERT_EQ(both[0]->backtrace.size(), 2u);
  EXPECT_EQ(both[0]->backtrace[1].line(), outer_line);
  EXPECT_EQ(both[1]->awaits, "the first of several tasks");
  ASSERT_EQ(both[1]->backtrace.size(), 1u) << "the race is no coroutine: its line is that of all()";
  EXPECT_EQ(both[1]->backtrace[0].line(), all_line);
  const auto raced = by_parent(both[1]->id);
  ASSERT_EQ(raced.size(), 2u);
  EXPECT_EQ(raced[0]->awaits, "a point in time");
  EXPECT_EQ(raced[0]->backtrace.at(0).line(), all_line);
  EXPECT_EQ(raced[1]->awaits, "a lamp post");
  EXPECT_NE(raced[1]->backtrace.at(0).function().find("waits_for_nothing"), std::string_view::npos);
  EXPECT_EQ(roots[1]->backtrace.at(0).line(), join_line);
  const auto joined = by_parent(roots[1]->id);
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0]->awaits, "a lamp post");
  const std::string text = why.text();
  EXPECT_EQ(text.find("run_child"), std::string::npos) << text;
  EXPECT_NE(text.find(", child of task " + std::to_string(roots[0]->id) + ": awaits "),
            std::string::npos)
      << text;
}

Step<> step_child(const std::string&) { co_await sleep(2s); }
constexpr unsigned scope_line = __LINE__ + 3;
Task<> joins_late(Core& core) {
  const std::string text;
  Scope scope(core);
  scope.spawn(waits_for_nothing());
  scope.spawn(waits_for_nothing);
  scope.spawn(step_child, scoped(text));
  scope.spawn(sleep(2s));
  co_await sleep(1s);
  co_await scope.join();
}
TEST(WhyAliveTest, ChildrenOfAScopeThatNobodyJoinsAreNamed) {
  Runtime rt;
  spawn(rt, joins_late);
  rt.run_one();
  for (const bool begun : {false, true}) {
    const WhyAlive why = rt.why_alive();
    ASSERT_EQ(why.tasks.size(), 5u);
    const std::string_view names[] = {"joins_late", "waits_for_nothing", "waits_for_nothing",
                                      begun ? "step_child" : "joins_late", "joins_late"};
    for (std::size_t i = 0; i < 5; ++i) {
      const AliveTask& task = why.tasks[i];
      EXPECT_EQ(task.parent, 0u) << "only a join tells whose they are";
      ASSERT_EQ(task.backtrace.size(), 1u) << i << why.text();
      EXPECT_NE(task.backtrace[0].function().find(names[i]), std::string_view::npos)
          << i << why.text();
      if (i > 0 && names[i] == "joins_late") {
        EXPECT_EQ(task.backtrace[0].line(), scope_line) << i;
      }
    }
    rt.run();
  }
  run_virtual(rt, rt.now() + 1s);
  const WhyAlive why = rt.why_alive();
  for (std::size_t i = 1; i < 5; ++i)
    EXPECT_EQ(why.tasks.at(i).parent, why.tasks[0].id) << why.text();
}

TEST(WhyAliveTest, ARetOfAFunctionIsNamedPlainly) {
  if (!Ledger::enabled) return;
  Runtime rt;
  const Ret<int> kept = ret_do([](const Reply<int>&) {});
  const WhyAlive why = rt.why_alive();
  ASSERT_EQ(why.rets.size(), 1u);
  EXPECT_FALSE(why.rets[0].site.ends_with(' ')) << why.text();
  EXPECT_EQ(why.text().find(" , made"), std::string::npos) << why.text();
}

TEST(WhyAliveTest, RetsOfAwaitsAndOfLimitsAreNamedPlainly) {
  if (!Ledger::enabled) return;
  Runtime rt;
  const auto silent = make_actor<Silent>(rt, ret_nop);
  spawn(rt, outer(silent.actor()));
  rt.run();
  const Ret<int> kept = Ret<int>(ret_do([](const Reply<int>&) {})).with_timeout(rt, 1s);
  const std::string text = rt.why_alive().text();
  for (const std::string_view words : {" of co_await_for<int>, made in the last 0.000 s\n",
                                       " of with_timeout<int>, made in the last 0.000 s\n"})
    EXPECT_NE(text.find(words), std::string::npos) << text;
  EXPECT_EQ(text.find("detail::"), std::string::npos) << text;
}

TEST(WhyAliveTest, AParkedTask) {
  Runtime rt;
  const TaskRef ref = spawn(rt, foreign());
  rt.run();
  EXPECT_EQ(ref.backtrace().size(), 1u);
  ref.cancel();
  EXPECT_TRUE(ref.backtrace().empty());
  const WhyAlive why = rt.why_alive();
  ASSERT_EQ(why.tasks.size(), 1u);
  EXPECT_TRUE(why.tasks[0].parked);
  EXPECT_FALSE(why.tasks[0].stuck) << "that is not known of foreign code";
  EXPECT_NE(why.text().find("dropped, but still held by"), std::string::npos) << why.text();
  Foreign::held.destroy();
  EXPECT_TRUE(rt.why_alive().nothing());
}

struct Waits {
  Task<> handle(Cx<Waits>&) { co_await Foreign(); }
};
TEST(WhyAliveTest, AnEndedActorWhoseStateWaitsForAParkedTask) {
  Runtime rt;
  auto own = make_actor<Waits>(rt, ret_nop);
  call<&Waits::handle>(own);
  rt.run();
  own.kill("over");
  rt.run();
  EXPECT_TRUE(own.is_zombie());
  EXPECT_TRUE(rt.actors().empty()) << "it has ended";
  const WhyAlive why = rt.why_alive();
  ASSERT_EQ(why.actors.size(), 1u) << "but its state lives";
  EXPECT_EQ(why.actors[0].state, ActorState::parked);
  EXPECT_NE(why.text().find("ended, its state waits for a task"), std::string::npos) << why.text();
  Foreign::held.destroy();
  rt.run();
  EXPECT_TRUE(rt.why_alive().actors.empty());
}

TEST(WhyAliveTest, WhoWaitsLongerThanADurationSays) {
  Runtime rt(Instant::min());
  static Event never;
  spawn(rt, []() -> Task<> { co_await never.wait(); });
  defer(rt, [](const Ret<int>&) {}, ret_do([](const Reply<int>&) {}));
  rt.run();
  rt.run(Instant::max());
  EXPECT_NE(rt.why_alive().text().find("awaits an event for 9223372036.855 s"), std::string::npos)
      << rt.why_alive().text();
}

}  // namespace why_alive_test
}  // namespace troupe
