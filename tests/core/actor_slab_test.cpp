// core/actor_slab_test.cpp: children that leave when they end, by thousands, and slabs that are replaced.
#include <troupe/core/actor_slab.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

using ActorSlabTest = troupe_test::RecordedTest;

struct Child {
  Child(Cx<Child>& cx, Duration life, bool fails) {
    if (fails)
      after<&Child::fail>(cx, life);
    else
      after<&Child::stop>(cx, life);
  }
  void stop(Cx<Child>& cx) { cx.stop(); }
  void fail(Cx<Child>& cx) { cx.fail("child"); }
};

struct Parent {
  ActorSlab<Child> children;
  void add(Cx<Parent>& cx, Duration life, bool fails) {
    const Actor<Child> child = make_actor_in<&Parent::children>(cx, ret_to<&Parent::ended>(cx), life, fails);
    EXPECT_TRUE(static_cast<bool>(child));
    say("", static_cast<int>(children.size()));
  }
  void add_quietly(Cx<Parent>& cx, Duration life) { make_actor_in<&Parent::children>(cx, ret_nop, life, false); }
  void ended(Reply<StopCause> cause) { say(troupe_test::word(cause->kind()), static_cast<int>(children.size())); }
  void replace() { children = ActorSlab<Child>(); }
  void end_every_second() {
    int i = 0;
    children.each([&](const ActorOwn<Child>& child) {
      if (++i % 2) call<&Child::stop>(child);
    });
  }
  std::size_t size() const { return children.size(); }
};

TEST_F(ActorSlabTest, TheNoticeFindsTheChildGone) {
  Runtime rt;
  auto own = make_actor<Parent>(rt, ret_nop);
  call<&Parent::add>(own, 1s, false);
  call<&Parent::add>(own, 2s, true);
  after<&Parent::add>(own, 1500ms, 3s, false);
  run_virtual(rt);
  EXPECT_EQ(told(), "1 2 stopped1 2 failed1 stopped0");
  EXPECT_EQ(query<&Parent::size>(rt, own), 0u);
}

TEST_F(ActorSlabTest, AReplacedSlabDropsItsChildrenAndKeysOfOldMatchNothing) {
  Runtime rt;
  auto own = make_actor<Parent>(rt, ret_nop);
  call<&Parent::add>(own, 100s, false);
  call<&Parent::add>(own, 100s, false);
  call<&Parent::replace>(own);
  call<&Parent::add>(own, 100s, false);
  rt.run();
  EXPECT_EQ(told(), "1 2 1 dropped1 dropped1");
  EXPECT_EQ(query<&Parent::size>(rt, own), 1u);
}

TEST_F(ActorSlabTest, TheEndOfTheParentDropsTheChildren) {
  Runtime rt;
  auto own = make_actor<Parent>(rt, ret_nop);
  for (int i = 0; i < 10; ++i) call<&Parent::add_quietly>(own, 100s);
  rt.run();
  EXPECT_EQ(rt.actors().size(), 11u);
  own = {};
  rt.run();
  EXPECT_EQ(rt.actors().size(), 0u);
}

TEST_F(ActorSlabTest, ThousandsComeAndGoInConstantTime) {
  Runtime rt;
  auto own = make_actor<Parent>(rt, ret_nop);
  for (int i = 0; i < 20'000; ++i) call<&Parent::add_quietly>(own, 1000s);
  rt.run();
  for (int round = 0; round < 3; ++round) {
    call<&Parent::end_every_second>(own);
    rt.run();
    EXPECT_EQ(query<&Parent::size>(rt, own), 10'000u);
    for (int i = 0; i < 10'000; ++i) call<&Parent::add_quietly>(own, 1000s);
    rt.run();
    EXPECT_EQ(query<&Parent::size>(rt, own), 20'000u);
  }
}

}  // namespace
}  // namespace troupe
