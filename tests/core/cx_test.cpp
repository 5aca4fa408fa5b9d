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
  ~A() { say("~A"); }
};

TEST(CxTest, ItIsTheHeaderAndCannotBeKept) {
  static_assert(sizeof(Cx<A>) == sizeof(CxBase));
  static_assert(!std::is_copy_constructible_v<Cx<A>> && !std::is_move_constructible_v<Cx<A>>);
  static_assert(!std::is_copy_constructible_v<Core>);
  static_assert(!storable<Cx<A>> && !storable<Core>);
}

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
