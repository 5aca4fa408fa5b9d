// core/cx_test.cpp: the context of a handler: what it is, what it says, what cannot be done with
// it.
#include <troupe/core/cx.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <type_traits>
#include <utility>

#include "support/recorder.hpp"

namespace troupe {
namespace cx_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::told;

struct A {
  void look(Cx<A>& cx) {
    say("id", static_cast<long long>(cx.id()));
    EXPECT_EQ(cx.this_actor().id(), cx.id());
    EXPECT_EQ(Core::current(), std::addressof(cx.core()));
  }
  void fail_with(Cx<A>& cx, std::exception_ptr exception) { cx.fail(std::move(exception)); }
  void both(Cx<A>& cx) {
    cx.fail("first");
    cx.stop();
    say("runs to its end");
  }
  ~A() { say("~A"); }
};

TEST(CxTest, ItIsTheHeaderAndCannotBeKept) {
  static_assert(sizeof(Cx<A>) == sizeof(CxBase));
  static_assert(!std::is_copy_constructible_v<Cx<A>> && !std::is_move_constructible_v<Cx<A>>);
  static_assert(!std::is_copy_constructible_v<Core>);
  static_assert(!storable<Cx<A>> && !storable<Core>);
}

TEST(CxTest, TheFirstOfStopAndFailWinsAndTheHandlerRunsToItsEnd) {
  told();
  Runtime rt;
  auto a = make_actor<A>(rt, tell_end("a"));
  call<&A::both>(a);
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

TEST(CxTest, WhatANoticeDropsIsNoPartOfTheEndThatItTells) {
  told();
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

TEST(CxTest, TheFirstCauseWinsAlsoAgainstAnExceptionOfTheSameTurn) {
  told();
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

TEST(CxTest, FailWithAnException) {
  told();
  static Error error;
  Runtime rt;
  const auto end = [&](std::exception_ptr exception) {
    auto a = make_actor<A>(rt, ret_some_do([](StopCause cause) {
                             say(troupe_test::word(cause.kind()));
                             error = cause.error();
                           }));
    call<&A::fail_with>(a, std::move(exception));
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

struct Keeps {
  static inline Cx<Keeps>* kept = nullptr;
  void keep(Cx<Keeps>& cx) { kept = std::addressof(cx); }
  void use_own(Cx<Keeps>&) {  // the same actor's next turn: the header is the same
    say("id", static_cast<long long>(kept->core().id()));
    kept->stop();
  }
};

TEST(CxTest, OneThatWasKeptEndsADebugBuildWhenItIsUsedBeyondItsTurn) {
  told();
  {
    Runtime rt;
    auto a = make_actor<Keeps>(rt, tell_end("a"));
    call<&Keeps::keep>(a);
    call<&Keeps::use_own>(a);
    rt.run();
    EXPECT_EQ(told(), "id0 a:stopped");
  }
#if TROUPE_DEBUG
  const auto keep_and = [](void (*use)()) {
    Runtime rt;
    auto a = make_actor<Keeps>(rt, ret_nop);
    call<&Keeps::keep>(a);
    defer(rt, use);
    rt.run();
  };
  EXPECT_DEATH(keep_and([] { Keeps::kept->stop(); }), "beyond the turn .*Keeps");
  EXPECT_DEATH(keep_and([] { Keeps::kept->fail("late"); }), "beyond the turn .*Keeps");
  EXPECT_DEATH(keep_and([] { (void)Keeps::kept->now(); }), "beyond the turn .*Keeps");
  EXPECT_DEATH(keep_and([] { defer(*Keeps::kept, [] {}); }), "beyond the turn .*Keeps");
#endif
}

struct KeepsPrep {
  static inline Prep<KeepsPrep>* kept = nullptr;
  static void keep(Prep<KeepsPrep>& prep) { kept = std::addressof(prep); }
  static void use_own(Prep<KeepsPrep>&) { kept->ready(); }
};

TEST(CxTest, APrepThatWasKeptEndsADebugBuildWhenItMakesTheStateBeyondItsTurn) {
  told();
  {
    Runtime rt;
    const auto a = make_actor_prep<&KeepsPrep::keep>(rt, ret_nop);
    call<&KeepsPrep::use_own>(a);
    rt.run();
    EXPECT_EQ(rt.actors().at(0).state, ActorState::ready);
  }
#if TROUPE_DEBUG
  const auto keep_and = [](void (*use)()) {
    Runtime rt;
    const auto a = make_actor_prep<&KeepsPrep::keep>(rt, ret_nop);
    defer(rt, use);
    rt.run();
  };
  EXPECT_DEATH(keep_and([] { KeepsPrep::kept->ready(); }), "beyond the turn .*KeepsPrep");
  EXPECT_DEATH(keep_and([] { KeepsPrep::kept->set_name("late"); }), "beyond the turn .*KeepsPrep");
#endif
}

}  // namespace cx_test
}  // namespace troupe
