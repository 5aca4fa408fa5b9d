// task/event_test.cpp: events: order, modes, being dropped before and after the wake, and events
// that go first.
#include <troupe/task/event.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/detached.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace event_test {

using troupe_test::Detached;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

using EventTest = troupe_test::OneRuntimeTest;

Step<> waits(Event& event, int n) {
  const SaysBye local("~" + std::to_string(n));
  co_await event.wait();
  say("woke", n);
}
Task<int> waits_alone(Borrowed<Event*> event, int n) {
  co_await waits(*event.get(), n);
  co_return n;
}

TEST_F(EventTest, SetWakesAllInOrderByTheQueue) {
  Event event;
  Scope scope(rt);
  for (int n = 1; n <= 3; ++n) scope.spawn(waits, scoped(event), n);
  rt.run();
  event.set();
  EXPECT_EQ(told(), "") << "nothing runs inside set()";
  rt.run();
  EXPECT_EQ(told(), "woke1 ~1 woke2 ~2 woke3 ~3");
}

TEST_F(EventTest, ASetEventDoesNotSuspend) {
  Event event;
  event.set();
  EXPECT_TRUE(event.is_set());
  spawn(rt, waits_alone, tell_int("a"), unsafe_borrow(&event), 1);
  spawn(rt, waits_alone, tell_int("b"), unsafe_borrow(&event), 2);
  rt.run();
  EXPECT_EQ(told(), "woke1 ~1 a=1 woke2 ~2 b=2");
}

TEST_F(EventTest, ResetHoldsLaterOnesOnly) {
  Event event;
  spawn(rt, waits_alone, ret_nop, unsafe_borrow(&event), 1);
  rt.run();
  event.set();
  event.reset();
  EXPECT_FALSE(event.is_set());
  const TaskRef later = spawn(rt, waits_alone, ret_nop, unsafe_borrow(&event), 2);
  rt.run();
  EXPECT_EQ(told(), "woke1 ~1");
  later.cancel();
  EXPECT_EQ(told(), "~2");
}

TEST_F(EventTest, DroppedWaitersLeaveTheLine) {
  Event event;
  const TaskRef first = spawn(rt, waits_alone, ret_nop, unsafe_borrow(&event), 1);
  const TaskRef second = spawn(rt, waits_alone, ret_nop, unsafe_borrow(&event), 2);
  const TaskRef third = spawn(rt, waits_alone, ret_nop, unsafe_borrow(&event), 3);
  first.cancel();  // before it waits
  rt.run();
  second.cancel();  // while it waits
  event.set();
  third.cancel();  // between its wake and its turn
  EXPECT_EQ(told(), "~2 ~3");
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(EventTest, ADestroyedEventLosesItsWaiters) {
  auto event = std::make_unique<Event>();
  spawn(rt, waits_alone, tell_int("drop"), unsafe_borrow(event.get()), 1);
  spawn(
      rt,
      [](Borrowed<Event*> e) -> Task<int> {
        const auto r = co_await e.get()->wait().reply();
        say(r ? "set" : to_string(r.error().why()));
        co_return 2;
      },
      tell_int("reply"), unsafe_borrow(event.get()));
  rt.run();
  event.reset();
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "~1 drop!dropped dropped reply=2");
}

TEST_F(EventTest, DestroyedAfterTheWakeItLosesNobody) {
  auto event = std::make_unique<Event>();
  spawn(rt, waits_alone, tell_int("a"), unsafe_borrow(event.get()), 1);
  rt.run();
  event->set();
  event.reset();
  rt.run();
  EXPECT_EQ(told(), "woke1 ~1 a=1");
}

#if TROUPE_EXCEPTIONS
TEST_F(EventTest, InModeValueALossIsThrown) {
  auto event = std::make_unique<Event>();
  spawn(
      rt,
      [](Borrowed<Event*> e) -> Task<> {
        try {
          co_await e.get()->wait().value();
        } catch (const ActorFailed& f) {
          say(f.what());
        }
      },
      ret_nop, unsafe_borrow(event.get()));
  rt.run();
  event.reset();
  rt.run();
  EXPECT_EQ(told(), "dropped");
}
#endif

Detached detached(Event& event) {
  const auto r = co_await event.wait().reply();
  say(r ? "set" : "lost");
}

TEST_F(EventTest, ACoroutineOfAForeignTypeMayWait) {
  Event event;
  auto lost = std::make_unique<Event>();
  std::optional<Detached> a, b, c;
  defer(
      rt,
      [](std::optional<Detached>* x, std::optional<Detached>* y, std::optional<Detached>* z,
         Event* e, Event* l) {
        x->emplace(detached(*e));
        y->emplace(detached(*l));
        z->emplace(detached(*e));
      },
      unsafe_borrow(&a), unsafe_borrow(&b), unsafe_borrow(&c), unsafe_borrow(&event),
      unsafe_borrow(lost.get()));
  rt.run();
  c->destroy();
  event.set();
  lost.reset();
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "set lost");
  EXPECT_TRUE(a->done());
}

TEST_F(EventTest, AForeignWaiterOutlivesTheRuntime) {
  Event event;
  std::optional<Detached> a;
  {
    Runtime other;
    defer(
        other, [](std::optional<Detached>* x, Event* e) { x->emplace(detached(*e)); },
        unsafe_borrow(&a), unsafe_borrow(&event));
    other.run();
  }
  event.set();
  EXPECT_EQ(told(), "");
  a->destroy();
}

struct Owner {
  Task<> waits(Cx<Owner>&) {
    const SaysBye local("~local");
    co_await event.wait();
    say("set");
  }
  void set() { event.set(); }
  Event event;
};
TEST_F(EventTest, AsAMemberOfAnActor) {
  auto own = make_actor<Owner>(rt, ret_nop);
  call<&Owner::waits>(own);
  call<&Owner::set>(own);
  rt.run();
  EXPECT_EQ(told(), "set ~local");
  auto ends = make_actor<Owner>(rt, ret_nop);
  call<&Owner::waits>(ends);
  rt.run();
  ends = {};
  rt.run();
  EXPECT_EQ(told(), "~local");
}

#if TROUPE_DEBUG
auto wait_for_one_that_goes() {
  Event event;
  return event.wait();
}

TEST(EventDeathTest, AWaitThatAFunctionReturnsMustNotOutliveItsEvent) {
  Runtime rt;
  spawn(rt, []() -> Task<> { co_await wait_for_one_that_goes(); });
  EXPECT_DEATH(rt.run(), "an awaitable has outlived the object that it waits for .an event.");
  Runtime other;
  spawn(other, []() -> Task<> { (void)co_await wait_for_one_that_goes().reply(); });
  EXPECT_DEATH(other.run(), "an awaitable has outlived the object that it waits for .an event.");
}
#endif

TEST_F(EventTest, AWaitThatWasStoredFindsThatItsEventHasGone) {
  std::string heard;
  spawn(
      rt,
      []() -> Task<> {
        std::optional<decltype(std::declval<Event&>().wait())> wait;
        {
          const auto event = std::make_unique<Event>();
          wait.emplace(event->wait());
        }
        co_await std::move(*wait);
      },
      ret_do<>([](std::string* to, Reply<> r) { *to = r ? "an answer" : r.error().text(); },
               unsafe_borrow(&heard)));
  rt.run();
  EXPECT_EQ(heard, "dropped");
}

}  // namespace event_test
}  // namespace troupe
