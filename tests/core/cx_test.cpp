// core/cx_test.cpp: the context of a handler: what it is, what it says, what cannot be done with it.
#include <troupe/core/cx.hpp>

#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>
#include <type_traits>

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

}  // namespace
}  // namespace troupe
