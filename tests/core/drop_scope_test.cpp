// core/drop_scope_test.cpp: what a Ret hears that is not answered: who dropped it, and why.
#include <troupe/core/drop_scope.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <utility>

#include "support/recorder.hpp"

namespace troupe {
namespace drop_scope_test {

struct Asked {
  Ret<int> kept{ret_nop};
  void keep(Ret<int> ret) { kept = std::move(ret); }
  void fail(Cx<Asked>& cx, Ret<int>) { cx.fail("said fail"); }
  void stop(Cx<Asked>& cx, Ret<int>) { cx.stop(); }
  void forget(Ret<int>) {}
#if TROUPE_EXCEPTIONS
  void throws(Ret<int>) { throw std::runtime_error("threw"); }
  void throws_in_vain(Ret<int> ret) {
    try {
      const Ret<int> dies = std::move(ret);
      throw std::runtime_error("nobody minds");
    } catch (const std::exception&) {}
  }
  void throws_twice(Ret<int> ret) {
    try {
      const Ret<int> dies = std::move(ret);
      throw std::runtime_error("in");
    } catch (const std::exception&) {}
    throw std::runtime_error("out");
  }
  // Two answers that are dropped under exceptions which are caught, then the end of the turn.
  void drops_in_vain(Cx<Asked>& cx, Ret<int> own, Ret<int> answered, int then) {
    try {
      const Ret<int> dies = std::move(own);
      throw std::runtime_error("in");
    } catch (const std::exception&) {}
    if (answered) answered(1);
    if (then == 1) cx.stop();
    if (then == 2) cx.fail("said");
    if (then == 3) throw std::runtime_error("out");
  }
  void hears(Reply<int>) { throw std::runtime_error("heard"); }
  void late(Ret<int>, Reply<int>) { throw std::runtime_error("late"); }
#endif
};
Ret<int> tell_reason(std::string who) {
  return ret_do(
      [](const std::string& name, const Reply<int>& r) {
        troupe_test::say(name, ": ");
        troupe_test::line().append(r ? "answered" : r.error().text()).append(";");
      },
      std::move(who));
}
struct DropReasonTest : troupe_test::OneRuntimeTest {
  template <auto M> std::string ask_one() {
    const auto asked = make_actor<Asked>(rt, ret_nop);
    rt.run();
    call<M>(asked, tell_reason("it"));
    rt.run();
    return troupe_test::told();
  }
};

TEST_F(DropReasonTest, WhoSaysStopOrFailTellsThoseWhomItWasToAnswer) {
  EXPECT_TRUE(ask_one<&Asked::fail>().find("Asked 1: said fail;") != std::string::npos);
  const std::string stopped = ask_one<&Asked::stop>();
  EXPECT_TRUE(stopped.starts_with("it: dropped in ") && stopped.ends_with("Asked 2;")) << stopped;
  EXPECT_EQ(ask_one<&Asked::forget>(), "it: dropped;");
}

#if TROUPE_EXCEPTIONS
TEST_F(DropReasonTest, WhoThrowsTellsThoseWhomItWasToAnswer) {
  const std::string threw = ask_one<&Asked::throws>();
  EXPECT_TRUE(threw.starts_with("it: failed in ") && threw.ends_with("Asked 1: threw;")) << threw;
}

TEST_F(DropReasonTest, AnExceptionThatIsCaughtIsNoFailure) {
  EXPECT_EQ(ask_one<&Asked::throws_in_vain>(), "it: dropped;");
}

TEST_F(DropReasonTest, NobodyHearsOfAnExceptionThatAnotherCaught) {
  const auto quiet = make_actor<Asked>(rt, ret_nop);
  const auto other = make_actor<Asked>(rt, ret_nop);
  const auto last = make_actor<Asked>(rt, ret_nop);
  rt.run();
  call<&Asked::throws_in_vain>(quiet, tell_reason("caught"));
  call<&Asked::throws>(other, tell_reason("thrown"));
  call<&Asked::throws_in_vain>(last, tell_reason("last"));
  rt.run();
  const std::string text = troupe_test::told();
  EXPECT_TRUE(text.starts_with("thrown: failed in ") &&
              text.ends_with(": threw; caught: dropped; last: dropped;"))
      << text;
}

TEST_F(DropReasonTest, WhatAFunctionThrowsIsNoFailureOfWhoAnswersIt) {
  for (int then = 0; then < 4; ++then) {
    const auto asked = make_actor<Asked>(rt, ret_nop);
    rt.run();
    call<&Asked::drops_in_vain>(
        asked, ret_nop,
        ret_some_do([](Ret<int>, int) { throw std::runtime_error("body"); }, tell_reason("bound")),
        then);
    EXPECT_THROW(rt.run(), std::runtime_error);
    rt.run();
    EXPECT_EQ(troupe_test::told(), "bound: dropped;") << then;
  }
}

struct Prepared {
  Prepared() = default;
  static void prepare(Prep<Prepared>& prep) { prep.ready(); }
  void throws_in_vain(Ret<int> ret) { asked.throws_in_vain(std::move(ret)); }
  void throws(Ret<int> ret) { asked.throws(std::move(ret)); }
  Asked asked;
};
TEST_F(DropReasonTest, EachCallThatWasHeldIsATurn) {
  const auto prepared = make_actor_new<Prepared>(rt, ret_nop);  // nothing comes into the main queue
  lazy<&Prepared::throws_in_vain>(prepared, tell_reason("caught"));
  lazy<&Prepared::throws>(prepared, tell_reason("thrown"));
  lazy<&Prepared::prepare>(prepared);
  rt.run();
  const std::string text = troupe_test::told();
  EXPECT_TRUE(text.starts_with("thrown: failed in ") && text.ends_with(": threw; caught: dropped;"))
      << text;
}

TEST_F(DropReasonTest, TheExceptionsOfOneTurnAreOfOneFailure) {
  EXPECT_TRUE(ask_one<&Asked::throws_twice>().ends_with(": out;"));
}

TEST_F(DropReasonTest, WhatDiedUnderAnExceptionThatWasCaughtHearsHowTheTurnEnds) {
  constexpr std::string_view begins[] = {"own: dropped;", "own: dropped in ", "own: failed in ",
                                         "own: failed in "};
  constexpr std::string_view ends[] = {"", "Asked 2;", "Asked 3: said;", "Asked 4: out;"};
  for (int then = 0; then < 4; ++then) {
    const auto asked = make_actor<Asked>(rt, ret_nop);
    rt.run();
    call<&Asked::drops_in_vain>(asked, tell_reason("own"), ret_nop, then);
    rt.run();
    const std::string text = troupe_test::told();
    EXPECT_TRUE(text.starts_with(begins[then]) && text.ends_with(ends[then])) << text;
  }
}

TEST_F(DropReasonTest, WhatAFunctionThatIsToldAFailureDropsHearsTheSame) {
  const auto asked = make_actor<Asked>(rt, ret_nop);
  rt.run();
  call<&Asked::throws>(asked, ret_do(
                                  [](Ret<int> next, Reply<int> r) {
                                    if (r) next(*r);
                                  },
                                  tell_reason("next")));
  rt.run();
  const std::string text = troupe_test::told();
  EXPECT_TRUE(text.starts_with("next: failed in ") && text.ends_with(": threw;")) << text;
}

TEST_F(DropReasonTest, BoundArgumentsOfAnAnswerHearItToo) {
  const auto asked = make_actor<Asked>(rt, ret_nop);
  const auto other = make_actor<Asked>(rt, ret_nop);
  rt.run();
  call<&Asked::forget>(other, ret_to<&Asked::late>(asked, tell_reason("bound")));
  rt.run();
  const std::string text = troupe_test::told();
  EXPECT_TRUE(text.starts_with("bound: failed in ") && text.ends_with(": late;")) << text;
}

TEST_F(DropReasonTest, InOrderAndBeforeWhatTheStateHolds) {
  const auto asked = make_actor<Asked>(rt, ret_nop);
  call<&Asked::keep>(asked, tell_reason("kept"));
  call<&Asked::throws>(asked, tell_reason("param"));
  call<&Asked::keep>(asked, tell_reason("late"));
  rt.run();
  const std::string text = troupe_test::told();
  const auto param = text.find("param: failed in "), kept = text.find("kept: failed in "),
             late = text.find("late: lost");
  EXPECT_TRUE(param < kept && kept < late && late != std::string::npos) << text;
}

TEST_F(DropReasonTest, OutOfAPlainFunctionItIsDropped) {
  defer(
      rt,
      [](Ret<int> ret) {
        const Ret<int> dies = std::move(ret);
        throw std::runtime_error("out of run");
      },
      tell_reason("it"));
  EXPECT_THROW(rt.run(), std::runtime_error);
  rt.run();
  EXPECT_EQ(troupe_test::told(), "it: dropped;");
}

TEST_F(DropReasonTest, ARuntimeThatEndsFirstAnswersThem) {
  {
    Runtime other;
    defer(
        other,
        [](Ret<int> ret) {
          const Ret<int> dies = std::move(ret);
          throw std::runtime_error("out of run");
        },
        tell_reason("it"));
    EXPECT_THROW(other.run(), std::runtime_error);
    EXPECT_EQ(troupe_test::told(), "");
  }
  EXPECT_NE(troupe_test::told(), "");
}
#endif

TEST(DropScopeTest, TheInnermostScopeSaysWhy) {
  troupe_test::told();
  {
    const detail::DropScope outer(Why::lost);
    {
      const Error error("inside");
      const detail::DropScope inner(Why::failed, nullptr, &error);
      EXPECT_EQ(detail::DropScope::reason().error().text(), "inside");
      Ret<int> one = troupe_test::tell_int("one");
    }
    Ret<int> two = troupe_test::tell_int("two");
    EXPECT_EQ(detail::DropScope::why_or(Why::dropped), Why::lost);
  }
  Ret<int> three = troupe_test::tell_int("three");
  { Ret<int> dies = std::move(three); }
  EXPECT_EQ(detail::DropScope::why_or(Why::cancelled), Why::cancelled);
  EXPECT_EQ(troupe_test::told(), "one!failed two!lost three!dropped");
}

}  // namespace drop_scope_test
}  // namespace troupe
