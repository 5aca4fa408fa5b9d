// core/fail_test.cpp: errors, reasons and causes as values, and the scope that says why Rets are dropped.
#include <troupe/core/fail.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <utility>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace {

TEST(Fail, AnErrorIsATextOrNothing) {
  const Error none;
  EXPECT_FALSE(static_cast<bool>(none));
  EXPECT_EQ(none.text(), "");
  EXPECT_EQ(none.exception(), nullptr);
  const Error text("broken");
  EXPECT_TRUE(static_cast<bool>(text));
  EXPECT_EQ(text.text(), "broken");
  EXPECT_EQ(text.exception(), nullptr);
  EXPECT_FALSE(static_cast<bool>(Error(std::exception_ptr())));
  Error copy = text;
  EXPECT_EQ(copy.text().data(), text.text().data()) << "shared";
  Error moved = std::move(copy);
  EXPECT_FALSE(static_cast<bool>(copy));
  moved = text;
  moved = std::as_const(moved);
  EXPECT_EQ(moved.text(), "broken");
  static_assert(sizeof(Error) == 8);
}

#if TROUPE_EXCEPTIONS
TEST(Fail, AnErrorMayBeAnException) {
  const Error exception(std::make_exception_ptr(std::out_of_range("range")));
  EXPECT_EQ(exception.text(), "range");
  EXPECT_THROW(std::rethrow_exception(exception.exception()), std::out_of_range);
  EXPECT_EQ(Error(std::make_exception_ptr(1)).text(), "unknown exception");
  Error replaced("broken");
  replaced = exception;
  EXPECT_EQ(replaced.text(), "range");
}

TEST(Fail, AnErrorWithoutMemorySaysSo) {
  troupe_test::FailAllocation fail(0, true);
  const Error error("a text that is long enough to need the heap by itself");
  const Error copy = error;
  fail.stop();
  EXPECT_EQ(copy.text(), "out of memory");
}
#endif

TEST(Fail, ReasonsHaveWords) {
  EXPECT_EQ(to_string(Why::dropped), "dropped");
  EXPECT_EQ(to_string(Why::ended), "runtime ended");
  EXPECT_EQ(to_string(Why::no_memory), "out of memory");
  const ActorFail fail(Why::timed_out, Error("slow"));
  EXPECT_EQ(fail, ActorFail(Why::timed_out));
  EXPECT_NE(fail, ActorFail(Why::lost));
  EXPECT_EQ(fail.actor(), 0u);
  EXPECT_EQ(fail.actor_type(), "");
  EXPECT_STREQ(ActorFailed(ActorFail(Why::timed_out)).what(), "timed out");
  EXPECT_STREQ(ActorFailed(fail).what(), "slow");
  EXPECT_EQ(ActorFail(Why::lost).text(), "lost");
  EXPECT_EQ(fail.text(), "timed out: slow");
  EXPECT_EQ(StopCause(StopCause::failed, Error("x")).text(), "Actor failed: x");
  EXPECT_EQ(ActorFailed(fail).fail().error().text(), "slow");
}

TEST(Fail, CausesHaveWordsAndKnowErrors) {
  EXPECT_EQ(to_string(StopCause::stopped), "Actor stopped");
  EXPECT_EQ(to_string(StopCause::failed), "Actor failed");
  EXPECT_EQ(to_string(StopCause::killed), "Actor was killed");
  EXPECT_EQ(to_string(StopCause::dropped), "Actor was dropped");
  EXPECT_EQ(to_string(StopCause::lost), "Lost connection to actor");
  EXPECT_TRUE(StopCause(StopCause::failed).has_error());
  EXPECT_TRUE(StopCause(StopCause::killed).has_error());
  EXPECT_FALSE(StopCause(StopCause::stopped).has_error());
  EXPECT_FALSE(StopCause(StopCause::dropped).has_error());
  EXPECT_FALSE(StopCause(StopCause::lost).has_error());
  EXPECT_EQ(StopCause(), StopCause::stopped);
  EXPECT_EQ(StopCause().parked(), 0u);
}

// ---- who dropped an answer, and why

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
struct FailReasonTest : troupe_test::OneRuntimeTest {
  template <auto M> std::string ask_one() {
    const auto asked = make_actor<Asked>(rt, ret_nop);
    rt.run();
    call<M>(asked, tell_reason("it"));
    rt.run();
    return troupe_test::told();
  }
};

TEST_F(FailReasonTest, WhoSaysStopOrFailTellsThoseWhomItWasToAnswer) {
  EXPECT_TRUE(ask_one<&Asked::fail>().find("Asked 1: said fail;") != std::string::npos);
  const std::string stopped = ask_one<&Asked::stop>();
  EXPECT_TRUE(stopped.starts_with("it: dropped in ") && stopped.ends_with("Asked 2;")) << stopped;
  EXPECT_EQ(ask_one<&Asked::forget>(), "it: dropped;");
}

#if TROUPE_EXCEPTIONS
TEST_F(FailReasonTest, WhoThrowsTellsThoseWhomItWasToAnswer) {
  const std::string threw = ask_one<&Asked::throws>();
  EXPECT_TRUE(threw.starts_with("it: failed in ") && threw.ends_with("Asked 1: threw;")) << threw;
}

TEST_F(FailReasonTest, AnExceptionThatIsCaughtIsNoFailure) {
  EXPECT_EQ(ask_one<&Asked::throws_in_vain>(), "it: dropped;");
}

TEST_F(FailReasonTest, NobodyHearsOfAnExceptionThatAnotherCaught) {
  const auto quiet = make_actor<Asked>(rt, ret_nop);
  const auto other = make_actor<Asked>(rt, ret_nop);
  const auto last = make_actor<Asked>(rt, ret_nop);
  rt.run();
  call<&Asked::throws_in_vain>(quiet, tell_reason("caught"));
  call<&Asked::throws>(other, tell_reason("thrown"));
  call<&Asked::throws_in_vain>(last, tell_reason("last"));
  rt.run();
  const std::string text = troupe_test::told();
  EXPECT_TRUE(text.starts_with("thrown: failed in ") && text.ends_with(": threw; caught: dropped; last: dropped;"))
      << text;
}

TEST_F(FailReasonTest, TheExceptionsOfOneTurnAreOfOneFailure) {
  EXPECT_TRUE(ask_one<&Asked::throws_twice>().ends_with(": out;"));
}

TEST_F(FailReasonTest, WhatAFunctionThatIsToldAFailureDropsHearsTheSame) {
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

TEST_F(FailReasonTest, BoundArgumentsOfAnAnswerHearItToo) {
  const auto asked = make_actor<Asked>(rt, ret_nop);
  const auto other = make_actor<Asked>(rt, ret_nop);
  rt.run();
  call<&Asked::forget>(other, ret_to<&Asked::late>(asked, tell_reason("bound")));
  rt.run();
  const std::string text = troupe_test::told();
  EXPECT_TRUE(text.starts_with("bound: failed in ") && text.ends_with(": late;")) << text;
}

TEST_F(FailReasonTest, InOrderAndBeforeWhatTheStateHolds) {
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

TEST_F(FailReasonTest, OutOfAPlainFunctionItIsDropped) {
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

TEST_F(FailReasonTest, ARuntimeThatEndsFirstAnswersThem) {
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

TEST(Fail, TheInnermostScopeSaysWhy) {
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

}  // namespace
}  // namespace troupe
