// core/cx_test.cpp: the context of a handler: what it is, what it says, what cannot be done with it.
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
namespace {

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

#if TROUPE_EXCEPTIONS
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

}  // namespace
}  // namespace troupe
