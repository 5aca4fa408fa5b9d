// core/ret_timeout_test.cpp: an answer in time, too late, never, and dropped.
#include <troupe/core/ret_timeout.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"
#include "support/throwing.hpp"

namespace troupe {
namespace ret_timeout_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;
using troupe_test::Touchy;

using RetTimeoutTest = troupe_test::RecordedTest;

constexpr Instant at_ms(int ms) { return Instant(std::chrono::milliseconds(ms)); }

TEST_F(RetTimeoutTest, AnAnswerInTimePassesAndStopsTheClock) {
  Runtime rt;
  Ret<int> ret = tell_int("a").with_timeout(rt, 10ms);
  EXPECT_TRUE(ret.is_wanted());
  EXPECT_EQ(rt.live_timers(), 1u);
  ret(1);
  EXPECT_EQ(rt.live_timers(), 0u);
  rt.run(at_ms(20));
  EXPECT_EQ(told(), "a=1");
}

TEST_F(RetTimeoutTest, ALimitThatIsOutOfReachIsNone) {
  Runtime rt;
  rt.run(at_ms(1));
  Ret<int> ret = tell_int("a").with_timeout(rt, std::chrono::hours::max());
  run_virtual(rt, at_ms(1) + std::chrono::years(100));
  EXPECT_EQ(told(), "");
  ret(1);
  EXPECT_EQ(told(), "a=1");
}

TEST_F(RetTimeoutTest, SilenceIsTimedOutAndALateAnswerGoesNowhere) {
  Runtime rt;
  Ret<int> ret = tell_int("a").with_timeout(rt, 10ms);
  rt.run(at_ms(9));
  EXPECT_EQ(told(), "");
  rt.run(at_ms(10));
  EXPECT_EQ(told(), "a!timed out");
  EXPECT_FALSE(ret.is_wanted());
  ret(1);
  EXPECT_EQ(told(), "");
}

TEST_F(RetTimeoutTest, ADropIsToldAtOnce) {
  Runtime rt;
  { Ret<int> ret = tell_int("a").with_timeout(rt, 10ms); }
  EXPECT_EQ(told(), "a!dropped");
  EXPECT_EQ(rt.live_timers(), 0u);
}

#if TROUPE_EXCEPTIONS
TEST_F(RetTimeoutTest, ABodyThatThrowsOutsideOfARunStopsTheClockToo) {
  Runtime rt;
  Ret<int> ret = ret_do([](Reply<int>) { throw 1; }).with_timeout(rt, 10ms);
  EXPECT_THROW(ret(1), int);
  EXPECT_EQ(rt.live_timers(), 0u);
  Ret<int> next = ret_do([](Reply<int>) { say("next"); }).with_timeout(rt, 10ms);
  EXPECT_EQ(rt.live_timers(), 1u);
  next(1);
  EXPECT_EQ(told(), "next");
}
#endif

#if TROUPE_EXCEPTIONS
TEST_F(RetTimeoutTest, AValueWhoseMoveThrowsIsAFailure) {
  Runtime rt;
  int failed = 0;
  for (bool came = false; !came;) {
    Ret<Touchy> ret = ret_do([](const Reply<Touchy>& r) {
                        say(r ? "came" : r.error().text());
                      }).with_timeout(rt, 10ms);
    Touchy value;
    Touchy::throws_at = failed + 2;  // the first move is into the call
    ret(std::move(value));
    Touchy::throws_at = 0;
    const std::string heard = told();
    came = heard == "came";
    if (!came) {
      EXPECT_EQ(heard, "failed: move");
      ASSERT_LT(++failed, 9);
    }
    EXPECT_EQ(rt.live_timers(), 0u);
  }
  EXPECT_GT(failed, 0);
  EXPECT_EQ(Touchy::live, 0);
}
#endif

TEST_F(RetTimeoutTest, AnAnswerBetweenDueAndRunWins) {
  Runtime rt;
  static Ret<int> ret = ret_nop;
  ret = tell_int("a").with_timeout(rt, 10ms);
  defer(rt, [] { ret(1); });
  rt.run(at_ms(10));
  EXPECT_EQ(told(), "a=1");
}

TEST_F(RetTimeoutTest, TheEndOfTheRuntimeAnswers) {
  Ret<int> outlives = ret_nop;
  {
    Runtime rt;
    outlives = tell_int("a").with_timeout(rt, 10ms);
  }
  EXPECT_EQ(told(), "") << "whoever holds it may still answer";
  outlives(5);
  EXPECT_EQ(told(), "a=5");
}

struct Asker {
  void got(const std::string& tag, Reply<int> r) {
    say(tag, r ? "=" : "!");
    troupe_test::line().append(r ? std::to_string(*r) : std::string(to_string(r.error().why())));
  }
};

TEST_F(RetTimeoutTest, KnowsWhetherTheAskerIsStillThere) {
  Runtime rt;
  auto asker = make_actor<Asker>(rt, ret_nop);
  rt.run();
  Ret<int> in_time = ret_to<&Asker::got>(asker, "in time").with_timeout(rt, 10ms);
  Ret<int> late = ret_to<&Asker::got>(asker, "late").with_timeout(rt, 10ms);
  in_time(1);
  rt.run(at_ms(10));
  EXPECT_EQ(told(), "in time=1 late!timed out");
  Ret<int> third = ret_to<&Asker::got>(asker, "third").with_timeout(rt, 10ms);
  EXPECT_TRUE(third.is_wanted());
  asker = {};
  rt.run();
  EXPECT_FALSE(third.is_wanted());
  EXPECT_EQ(rt.live_timers(), 1u);
  third(1);
  EXPECT_EQ(rt.live_timers(), 0u);
}

TEST_F(RetTimeoutTest, LimitsNest) {
  Runtime rt;
  Ret<int> inner = tell_int("a").with_timeout(rt, 10ms);
  Ret<int> outer = std::move(inner).with_timeout(rt, 5ms);
  rt.run(at_ms(5));
  EXPECT_EQ(told(), "a!timed out");
  rt.run(at_ms(10));
  EXPECT_EQ(told(), "");
}

TEST(RetTimeoutDeathTest, OneThatWasUsedUpHasNoLimit) {
  Runtime rt;
  const auto limited = [&rt] {
    std::optional<Ret<int>> used;
    used.emplace(nullptr);
    Ret<int> outer = std::move(*used).with_timeout(rt, 5ms);
    outer(1);
  };
  EXPECT_DEATH(limited(), "answered twice.*Ret<int>");
}

}  // namespace ret_timeout_test
}  // namespace troupe
