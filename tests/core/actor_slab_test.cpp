// core/actor_slab_test.cpp: children that leave when they end, by thousands, and slabs that are
// replaced.
#include <troupe/core/actor_slab.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace actor_slab_test {

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
    const Actor<Child> child =
        make_actor_in<&Parent::children>(cx, ret_to<&Parent::ended>(cx), life, fails);
    EXPECT_TRUE(static_cast<bool>(child));
    say("", static_cast<int>(children.size()));
  }
  void add_quietly(Cx<Parent>& cx, Duration life) {
    make_actor_in<&Parent::children>(cx, ret_nop, life, false);
  }
  void ended(Reply<StopCause> cause) {
    say(troupe_test::word(cause->kind()), static_cast<int>(children.size()));
  }
  void replace() { children = ActorSlab<Child>(); }
  void end_every_second() {
    int i = 0;
    children.each([&](const ActorOwn<Child>& child) {
      if (++i % 2) call<&Child::stop>(child);
    });
  }
  std::size_t size() const { return children.size(); }
  std::size_t memory() const { return children.memory(); }
};

TEST_F(ActorSlabTest, AFunctionAsNoticeFindsTheChildStillThere) {
  Runtime rt;
  auto own = make_actor<Parent>(rt, ret_nop);
  static Parent* parent;
  call(own, [](Parent& p, Cx<Parent>& cx) {
    parent = &p;
    make_actor_in<&Parent::children>(
        cx, ret_do([](Reply<StopCause> cause) {
          say(troupe_test::word(cause->kind()), static_cast<int>(parent->children.size()));
          parent->children.each(
              [](const ActorOwn<Child>& child) { say(child.is_zombie() ? "z" : "alive"); });
        }),
        Duration(1s), true);
  });
  run_virtual(rt);
  EXPECT_EQ(told(), "failed1 z");
  EXPECT_EQ(query<&Parent::size>(rt, own), 0u);
}

// What has happened by then: the child's state is destroyed, the call that removes it is queued.
TEST_F(ActorSlabTest, AFunctionAsNoticeRunsInTheTurnThatEndsTheChild) {
  Runtime rt;
  auto own = make_actor<Parent>(rt, ret_nop);
  call(own, [](Parent&, Cx<Parent>& cx) {
    make_actor_in<&Parent::children>(cx, ret_do([](Reply<StopCause> cause) {
                                       say(troupe_test::word(cause->kind()), cause->error().text());
                                     }),
                                     Duration(1s), true);
  });
  rt.run();
  after(rt, 1s, [] { say("behind it"); });
  rt.run(rt.now() + 1s);
  EXPECT_EQ(told(), "failedchild behind it");
}

TEST_F(ActorSlabTest, AFunctionAsNoticeHearsAlsoWhenTheParentHasGone) {
  Runtime rt;
  auto own = make_actor<Parent>(rt, troupe_test::tell_end("parent"));
  call(own, [](Parent&, Cx<Parent>& cx) {
    for (const Duration life : {Duration(1s), Duration(5s)})
      make_actor_in<&Parent::children>(cx, troupe_test::tell_end("child"), life, true);
    make_actor_in<&Parent::children>(cx, ret_to<&Parent::ended>(cx), Duration(5s), true);
  });
  after(rt, 1s, [](ActorOwn<Parent> last) { last.kill("enough"); }, std::move(own));
  run_virtual(rt);
  EXPECT_EQ(told(), "child:failed(child) parent:killed(enough) child:dropped")
      << "its own method does not";
  EXPECT_EQ(rt.live_rets(), 0u);
}

TEST_F(ActorSlabTest, AFunctionAsNoticeHearsAtTheEndOfTheRuntime) {
  {
    Runtime rt;
    auto own = make_actor<Parent>(rt, ret_nop);
    call(own, [](Parent&, Cx<Parent>& cx) {
      make_actor_in<&Parent::children>(cx, troupe_test::tell_end("child"), Duration(1s), true);
    });
    rt.run();
  }
  EXPECT_EQ(told(), "child:dropped");
}

#if TROUPE_EXCEPTIONS
TEST_F(ActorSlabTest, AFunctionAsNoticeThatThrowsHarmsNeitherParentNorChild) {
  Runtime rt;
  auto own = make_actor<Parent>(rt, troupe_test::tell_end("parent"));
  call(own, [](Parent&, Cx<Parent>& cx) {
    make_actor_in<&Parent::children>(
        cx, ret_do([](const Reply<StopCause>&) { throw std::runtime_error("notice"); }),
        Duration(1s), false);
  });
  rt.run();
  EXPECT_THROW(rt.run(rt.now() + 1s), std::runtime_error) << "as out of any function of a Ret";
  rt.run();
  EXPECT_EQ(query<&Parent::size>(rt, own), 0u);
  EXPECT_EQ(told(), "");
  own = {};
  rt.run();
  EXPECT_EQ(told(), "parent:dropped");
}
#endif

struct Named {
  explicit Named(std::string_view text) : name(text) {}
  std::string name;
};
struct NamedParent {
  ActorSlab<Named> children;
  void add(Cx<NamedParent>& cx) { make_actor_in<&NamedParent::children>(cx, ret_nop, "a literal"); }
};

TEST_F(ActorSlabTest, ALiteralIsPassedAsAString) {
  Runtime rt;
  auto own = make_actor<NamedParent>(rt, ret_nop);
  call<&NamedParent::add>(own);
  rt.run();
  call(own, [](NamedParent& p) {
    p.children.each(
        [](const ActorOwn<Named>& child) { call(child, [](Named& n) { say(n.name); }); });
  });
  rt.run();
  EXPECT_EQ(told(), "a literal");
}

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

TEST_F(ActorSlabTest, GivesMemoryBackWhenChildrenLeave) {
  Runtime rt;
  auto own = make_actor<Parent>(rt, ret_nop);
  const auto memory = [&] { return *query<&Parent::memory>(rt, own); };
  for (int i = 0; i < 10; ++i) call<&Parent::add_quietly>(own, 1000s);
  for (int i = 0; i < 20'000; ++i) call<&Parent::add_quietly>(own, 1s);
  rt.run();
  const std::size_t most = memory();
  EXPECT_GE(most, 20'000u * 16);
  run_virtual(rt, rt.now() + 10s);
  EXPECT_EQ(query<&Parent::size>(rt, own), 10u);
  EXPECT_LE(memory(), 64u * 16);
  for (int i = 0; i < 100; ++i) call<&Parent::add_quietly>(own, 1s);
  rt.run();
  EXPECT_EQ(query<&Parent::size>(rt, own), 110u) << "free slots are found again";
  run_virtual(rt);
  EXPECT_EQ(query<&Parent::size>(rt, own), 0u);
}

TEST_F(ActorSlabTest, ChildrenMayEndWhileTheyAreWalked) {
  Runtime rt;
  auto own = make_actor<Parent>(rt, ret_nop);
  for (int i = 0; i < 5; ++i) call<&Parent::add_quietly>(own, 1s);
  rt.run();
  call(own, [](Parent& p) {
    int walked = 0;
    p.children.each([&](const ActorOwn<Child>& child) {
      call<&Child::stop>(child);
      p.children.each([&](const ActorOwn<Child>&) { ++walked; });
    });
    EXPECT_EQ(walked, 25);
  });
  rt.run();
  EXPECT_EQ(query<&Parent::size>(rt, own), 0u);
}

TEST_F(ActorSlabTest, ASlabThatChangesInsideEachEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Runtime rt;
  auto own = make_actor<Parent>(rt, ret_nop);
  call<&Parent::add_quietly>(own, 1s);
  rt.run();
  const auto inside_each = [&](void (*change)(Cx<Parent>&, Parent&)) {
    call(
        own,
        [](Parent& p, Cx<Parent>& cx, void (*f)(Cx<Parent>&, Parent&)) {
          p.children.each([&](const ActorOwn<Child>&) { f(cx, p); });
        },
        change);
    rt.run();
  };
  const char* words = "inside its own each";
  EXPECT_DEATH(inside_each([](Cx<Parent>& cx, Parent&) {
                 make_actor_in<&Parent::children>(cx, ret_nop, Duration(1s), false);
               }),
               words);
  EXPECT_DEATH(inside_each([](Cx<Parent>&, Parent& p) { p.children = {}; }), words);
  EXPECT_DEATH(inside_each([](Cx<Parent>&, Parent& p) {
                 const ActorSlab<Child> taken = std::move(p.children);
               }),
               words);
}

TEST_F(ActorSlabTest, AFullQueueDoesNotKeepAnEndedChild) {
  Runtime rt;
  auto own = make_actor<Parent>(rt, ret_nop);
  for (int i = 0; i < 3; ++i) call<&Parent::add_quietly>(own, 1s);
  rt.run();
  EXPECT_EQ(query<&Parent::size>(rt, own), 3u);
  EXPECT_EQ(rt.live_rets(), 3u) << "the room of each removal is set aside";
  rt.set_max_queued(4096);
  call(own, [](Parent& p) {
    p.children.each([](const ActorOwn<Child>& child) { call<&Child::stop>(child); });
  });
  rt.run_one();
  for (int i = 0; i < 5000; ++i) defer(rt, [] {});
  rt.run();
  EXPECT_EQ(query<&Parent::size>(rt, own), 0u);
  EXPECT_EQ(rt.live_rets(), 0u);
}

#if TROUPE_EXCEPTIONS
// What a notice heard, noted without memory.
std::optional<Why> heard_why;
std::optional<StopCause::Kind> heard_kind;
Ret<StopCause> note_end() {
  heard_why.reset();
  heard_kind.reset();
  return ret_do([](const Reply<StopCause>& cause) {
    if (cause)
      heard_kind = cause->kind();
    else
      heard_why = cause.error().why();
  });
}

TEST_F(ActorSlabTest, WhereMemoryLacksTheNoticeSaysSo) {
  for (int n = 0;; ++n) {
    Runtime rt;
    auto own = make_actor<Parent>(rt, ret_nop);
    rt.run();
    bool failed = false;
    call(
        own,
        [](Parent& p, Cx<Parent>& cx, int fail_at, Ret<StopCause> notify, bool* threw) {
          {
            const troupe_test::FailAllocation none(fail_at, true);
            try {
              make_actor_in<&Parent::children>(cx, std::move(notify), 1s, false);
            } catch (const std::bad_alloc&) {
              *threw = true;
            }
          }
          EXPECT_EQ(p.children.size(), *threw ? 0u : 1u);
        },
        n, note_end(), unsafe_borrow(&failed));
    rt.run();
    own = {};
    rt.run();
    EXPECT_EQ(rt.live_rets(), 0u);
    if (!failed) break;
    EXPECT_EQ(heard_why, Why::no_memory) << n;
    EXPECT_FALSE(heard_kind);
    ASSERT_LT(n, 20);
  }
  EXPECT_EQ(heard_kind, StopCause::dropped);
}
#endif

}  // namespace actor_slab_test
}  // namespace troupe
