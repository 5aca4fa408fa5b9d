// core/actor_end_test.cpp: how an actor ends: by stop, fail, an exception, a kill; and who hears
// what.
#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <utility>

#include "support/recorder.hpp"

namespace troupe {
namespace actor_end_test {

using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::told;

using ActorEndTest = troupe_test::RecordedTest;

struct Plain {
  explicit Plain(std::string n) : name(std::move(n)) {}
  ~Plain() { say("~", name); }
  void work() { say(name); }
  void keep(Actor<Plain> other) { others.push_back(std::move(other)); }
  std::string name;
  std::vector<Actor<Plain>> others;
};

struct Said {
  void fail_with(Cx<Said>& cx, std::exception_ptr exception) { cx.fail(std::move(exception)); }
  void both(Cx<Said>& cx) {
    cx.fail("first");
    cx.stop();
    say("runs to its end");
  }
  ~Said() { say("~A"); }
};

TEST_F(ActorEndTest, TheFirstOfStopAndFailWinsAndTheHandlerRunsToItsEnd) {
  Runtime rt;
  auto a = make_actor<Said>(rt, tell_end("a"));
  call<&Said::both>(a);
  rt.run();
  EXPECT_EQ(told(), "runs to its end ~A a:failed(first)");
}

struct ToldInsideAnEnd {  // its owner's notice drops a Ret of its own
  Ret<int> kept{ret_nop};
  void keep(Ret<int> ret) { kept = std::move(ret); }
  void fail(Cx<ToldInsideAnEnd>& cx) { cx.fail("mine"); }
#if TROUPE_EXCEPTIONS
  void boom() { throw std::runtime_error("boom"); }
#endif
};
Ret<StopCause> drops_another(std::string name) {
  return ret_do(
      [](const std::string& who, Ret<int> other, const Reply<StopCause>& cause) {
        say(who, cause ? ":told" : ":not told");
        const Ret<int> dies_here = std::move(other);
      },
      name, troupe_test::tell_int("in " + name));
}

TEST_F(ActorEndTest, WhatANoticeDropsIsNoPartOfTheEndThatItTells) {
  Runtime rt;
  auto a = make_actor<ToldInsideAnEnd>(rt, drops_another("owner"));
  watch(a, drops_another("watcher"));
  call<&ToldInsideAnEnd::keep>(a, troupe_test::tell_int("kept"));
  call<&ToldInsideAnEnd::fail>(a);
  rt.run();
  EXPECT_EQ(told(), "kept!failed owner:told in owner!dropped watcher:told in watcher!dropped");
#if TROUPE_EXCEPTIONS
  auto b = make_actor<ToldInsideAnEnd>(rt, drops_another("owner"));
  call<&ToldInsideAnEnd::boom>(b);
  rt.run();
  EXPECT_EQ(told(), "owner:told in owner!dropped");
#endif
}

#if TROUPE_EXCEPTIONS
struct ThrowsThen {
  void stop(Cx<ThrowsThen>& cx, Ret<int>) {
    cx.stop();
    throw std::runtime_error("behind stop");
  }
  void fail(Cx<ThrowsThen>& cx, Ret<int>) {
    cx.fail("mine");
    throw std::runtime_error("behind fail");
  }
  void catches(Cx<ThrowsThen>& cx, Ret<int> ret) {
    cx.fail("mine");
    try {
      const Ret<int> dies = std::move(ret);
      throw std::runtime_error("nobody minds");
    } catch (const std::exception&) {}
  }
};

TEST_F(ActorEndTest, TheFirstCauseWinsAlsoAgainstAnExceptionOfTheSameTurn) {
  Runtime rt;
  rt.set_failure_hook(
      [](Core&, const FailureReport& report) { say("hook:", report.error.text()); });
  rt.set_logger(LogLevel::error, [](Core&, const LogRecord& record) { say("log:", record.text); });
  const auto end_by = [&]<auto M>() {
    auto a = make_actor<ThrowsThen>(rt, tell_end("a"));
    call<M>(a, ret_do([](const Reply<int>& r) { say("asker:", r.error().text().substr(0, 6)); }));
    rt.run();
    return told();
  };
  EXPECT_EQ(end_by.operator()<&ThrowsThen::stop>(), "asker:failed log:behind stop a:stopped");
  EXPECT_EQ(end_by.operator()<&ThrowsThen::fail>(),
            "asker:failed log:behind fail log:mine hook:mine a:failed(mine)");
  EXPECT_EQ(end_by.operator()<&ThrowsThen::catches>(),
            "asker:failed log:mine hook:mine a:failed(mine)");
}

TEST_F(ActorEndTest, FailWithAnException) {
  static Error error;
  Runtime rt;
  const auto end = [&](std::exception_ptr exception) {
    auto a = make_actor<Said>(rt, ret_some_do([](StopCause cause) {
                                say(troupe_test::word(cause.kind()));
                                error = cause.error();
                              }));
    call<&Said::fail_with>(a, std::move(exception));
    rt.run();
  };
  end(std::make_exception_ptr(std::out_of_range("range")));
  EXPECT_EQ(told(), "~A failed");
  EXPECT_EQ(error.text(), "range");
  EXPECT_THROW(std::rethrow_exception(error.exception()), std::out_of_range) << "its type is kept";
  end(std::make_exception_ptr(7));
  EXPECT_EQ(error.text(), "unknown exception");
  end(nullptr);
  EXPECT_EQ(told(), "~A failed ~A failed");
  EXPECT_FALSE(bool(error)) << "failed with nothing to say";
  error = {};
}
#endif

TEST_F(ActorEndTest, AKillCarriesItsErrorAndWorksInPrep) {
  Runtime rt;
  auto prep = make_actor_new<Plain>(rt, tell_end("prep"));
  call<&Plain::work>(prep);
  rt.run();
#if TROUPE_EXCEPTIONS
  prep.kill(Error(std::make_exception_ptr(std::runtime_error("text"))));
#else
  prep.kill("text");
#endif
  prep.kill("second");
  rt.run();
  EXPECT_EQ(told(), "prep:killed(text)");
  prep.kill("third");
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(ActorEndTest, AKillFromInsideAHandlerWaitsForItsTurn) {
  struct Self {
    void take(ActorOwn<Self> me) {
      me.kill("myself");
      say("alive");
    }
    ~Self() { say("~self"); }
  };
  Runtime rt;
  auto own = make_actor<Self>(rt, tell_end("s"));
  auto second = own.owned();
  call<&Self::take>(own, std::move(second));
  own = {};
  rt.run();
  EXPECT_EQ(told(), "alive ~self s:killed(myself)");
}

}  // namespace actor_end_test
}  // namespace troupe
