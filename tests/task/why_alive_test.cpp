// task/why_alive_test.cpp: what keeps a runtime running, as data and as text.
#include <troupe/core/why_alive.hpp>

#include <gtest/gtest.h>

#include <troupe/core.hpp>
#include <troupe/task.hpp>

namespace troupe {
namespace {

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
       {"kept alive by 1 actor, 4 tasks, 1 timer (the next in 1.000 s), queued calls\n", "\"quiet\": ready, 1 owner\n",
        "awaits a lamp post for 2.000 s, STUCK: nothing is left that could wake it\n",
        "why_alive_test.cpp:", "of actor 1: awaits a point in time for 2.000 s\n", ": queued to run\n"})
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
  for (const std::string_view words :
       {"Silent, within a limit of time, for 0.000 s\n", "awaits another task, within a limit of time, for 0.000 s\n"})
    EXPECT_NE(why.text().find(words), std::string::npos) << why.text();
}

TEST(WhyAliveTest, ARetOfAFunctionIsNamedPlainly) {
  if (!Ledger::enabled) return;
  Runtime rt;
  const Ret<int> kept = ret_do([](const Reply<int>&) {});
  const WhyAlive why = rt.why_alive();
  ASSERT_EQ(why.rets.size(), 1u);
  EXPECT_FALSE(why.rets[0].site.ends_with(' ')) << why.text();
  EXPECT_EQ(why.text().find(" , none older"), std::string::npos) << why.text();
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

}  // namespace
}  // namespace troupe
