// core/why_alive_test.cpp: what keeps a runtime without tasks running; those with tasks:
// tests/task.
#include <troupe/core/why_alive.hpp>

#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>

namespace troupe {
namespace why_alive_test {

using namespace std::chrono_literals;

struct Quiet {
  void get(Ret<int> ret) { kept = std::move(ret); }
  void got(Reply<int>) {}
  Ret<int> kept{ret_nop};
};

TEST(CoreWhyAlive, NothingIsSaidInAWord) {
  Runtime rt;
  const WhyAlive why = rt.why_alive();
  EXPECT_TRUE(why.nothing());
  EXPECT_TRUE(why.text().starts_with("nothing keeps it alive\n")) << why.text();
}

TEST(CoreWhyAlive, ActorsTimersQueuesAndRetsAreTold) {
  Runtime rt(Instant(1s));
  auto a = make_actor<Quiet>(rt, ret_nop), b = make_actor<Quiet>(rt, ret_nop);
  rt.run();
  call<&Quiet::get>(a, ret_to<&Quiet::got>(b));
  rt.run();
  after(rt, 2s, [] {});
  at(rt, Instant::max(), [] {});
  idle(rt, [] {});
  call<&Quiet::got>(b, Reply<int>(1));
  const WhyAlive why = rt.why_alive();
  EXPECT_FALSE(why.nothing());
  EXPECT_EQ(why.actors.size(), 2u);
  EXPECT_EQ(why.timers, 2u);
  EXPECT_EQ(why.next_timer, Instant(3s));
  EXPECT_EQ(why.live_rets, 1u);
  EXPECT_TRUE(why.queued && why.idle && !why.woken);
  const std::string text = why.text();
  EXPECT_TRUE(
      text.starts_with("kept alive by 2 actors, 0 tasks, 2 timers (the next in 2.000 s), queued "
                       "calls, idle items\nactor 1 "))
      << text;
  EXPECT_NE(text.find("\n1 Ret to actors not answered\n"), std::string::npos) << text;
  if (Ledger::enabled) {
    EXPECT_NE(text.find("Quiet::got, made in the last "), std::string::npos) << text;
  }
}

TEST(CoreWhyAlive, EachRuntimeOfAThreadTellsOfItsOwnRets) {
  Runtime one, two;
  auto a = make_actor<Quiet>(one, ret_nop), b = make_actor<Quiet>(one, ret_nop);
  call<&Quiet::get>(a, ret_to<&Quiet::got>(b));
  one.run();
  EXPECT_EQ(one.why_alive().rets.size(), Ledger::enabled ? 1u : 0u);
  EXPECT_TRUE(two.why_alive().rets.empty()) << two.why_alive().text();
}

struct Maker {
  explicit Maker(Cx<Maker>& cx) : child(make_actor<Quiet>(cx, ret_nop)) {}
  ActorOwn<Quiet> child;
};

TEST(CoreWhyAlive, DebugBuildsKnowTheMaker) {
  Runtime rt;
  const auto maker = make_actor<Maker>(rt, ret_nop);
  rt.run();
  const WhyAlive why = rt.why_alive();
  ASSERT_EQ(why.actors.size(), 2u);
  EXPECT_EQ(why.actors[0].maker, 0u);
  EXPECT_EQ(why.actors[1].maker, TROUPE_DEBUG ? maker.id() : 0u);
  EXPECT_EQ(why.text().find("1 owner, made by actor 1\n") != std::string::npos, TROUPE_DEBUG == 1)
      << why.text();
}

TEST(CoreWhyAlive, ATimerAtTheEndOfTimeIsFarAway) {
  Runtime rt(Instant(-5s));
  at(rt, Instant::max(), [] {});
  EXPECT_NE(rt.why_alive().text().find("1 timer (the next in 9"), std::string::npos)
      << rt.why_alive().text();
}

}  // namespace why_alive_test
}  // namespace troupe
