// task/queue_test.cpp: queues: order, bounds, closing, and values that no drop loses.
#include <troupe/task/queue.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/allocations.hpp"
#include "support/detached.hpp"
#include "support/recorder.hpp"
#include "support/seed.hpp"

namespace troupe {
namespace queue_test {

using troupe_test::Detached;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

using Ints = Queue<std::unique_ptr<int>>;
std::unique_ptr<int> boxed(int n) { return std::make_unique<int>(n); }

using QueueTest = troupe_test::OneRuntimeTest;

Step<> pops(Ints& queue, int who) {
  const auto value = co_await queue.pop();
  if (!value)
    say("none", who);
  else
    say("got", **value);
}
Step<> pushes(Ints& queue, int n) {
  const bool pushed = co_await queue.push(boxed(n));
  say(pushed ? "pushed" : "closed", n);
}
Task<int> pops_alone(Borrowed<Ints*> queue, int who) {
  co_await pops(*queue.get(), who);
  co_return who;
}
Task<int> pushes_alone(Borrowed<Ints*> queue, int n) {
  co_await pushes(*queue.get(), n);
  co_return n;
}

TEST_F(QueueTest, FirstInFirstOut) {
  Ints queue(2);
  Scope scope(rt);
  EXPECT_EQ(queue.capacity(), 2u);
  for (int n = 1; n <= 4; ++n) scope.spawn(pushes, scoped(queue), n);
  rt.run();
  EXPECT_EQ(told(), "pushed1 pushed2");
  EXPECT_EQ(queue.size(), 2u);
  for (int n = 1; n <= 5; ++n) scope.spawn(pops, scoped(queue), n);
  rt.run();
  EXPECT_EQ(told(), "got1 got2 got3 got4 pushed3 pushed4");
  scope.spawn(pushes, scoped(queue), 5);
  rt.run();
  EXPECT_EQ(told(), "pushed5 got5");
}

TEST_F(QueueTest, WithoutWaiting) {
  Ints queue(1);
  EXPECT_FALSE(queue.try_pop());
  auto kept = boxed(2);
  EXPECT_TRUE(queue.try_push(boxed(1)));
  EXPECT_FALSE(queue.try_push(std::move(kept)));
  EXPECT_EQ(*kept, 2) << "untouched";
  EXPECT_EQ(**queue.try_pop(), 1);
  EXPECT_TRUE(queue.try_push(std::move(kept)));
  queue.close();
  EXPECT_TRUE(queue.is_closed());
  EXPECT_FALSE(queue.try_push(boxed(3)));
  EXPECT_EQ(**queue.try_pop(), 2);
  EXPECT_FALSE(queue.try_pop());
}

TEST_F(QueueTest, ClosingTellsThoseWhoWait) {
  Ints empty(1), full(1);
  Scope scope(rt);
  EXPECT_TRUE(full.try_push(boxed(1)));
  scope.spawn(pops, scoped(empty), 1);
  scope.spawn(pushes, scoped(full), 2);
  rt.run();
  empty.close();
  full.close();
  rt.run();
  EXPECT_EQ(told(), "none1 closed2");
  scope.spawn(pushes, scoped(full), 3);
  scope.spawn(pops, scoped(full), 4);
  scope.spawn(pops, scoped(full), 5);
  rt.run();
  EXPECT_EQ(told(), "closed3 got1 none5") << "what was in it still comes out";
}

TEST_F(QueueTest, APopperDroppedAfterItsWakeLosesNothing) {
  Ints queue(2);
  const TaskRef first = spawn(rt, pops_alone, ret_nop, unsafe_borrow(&queue), 1);
  rt.run();
  EXPECT_TRUE(queue.try_push(boxed(7)));
  EXPECT_FALSE(queue.try_pop()) << "it is promised";
  first.cancel();
  EXPECT_EQ(queue.size(), 1u) << "nobody waits: it stays";
  EXPECT_EQ(**queue.try_pop(), 7);

  const TaskRef second = spawn(rt, pops_alone, ret_nop, unsafe_borrow(&queue), 2);
  spawn(rt, pops_alone, ret_nop, unsafe_borrow(&queue), 3);
  rt.run();
  EXPECT_TRUE(queue.try_push(boxed(8)));
  second.cancel();
  rt.run();
  EXPECT_EQ(told(), "got8") << "it goes to the next";
}

TEST_F(QueueTest, APusherDroppedWhileItWaitsHasNotPushed) {
  Ints queue(1);
  EXPECT_TRUE(queue.try_push(boxed(1)));
  const TaskRef second = spawn(rt, pushes_alone, ret_nop, unsafe_borrow(&queue), 2);
  const TaskRef third = spawn(rt, pushes_alone, ret_nop, unsafe_borrow(&queue), 3);
  rt.run();
  second.cancel();
  EXPECT_EQ(**queue.try_pop(), 1);
  third.cancel();  // its value went in when there was room
  EXPECT_EQ(**queue.try_pop(), 3);
  EXPECT_EQ(queue.size(), 0u);
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(QueueTest, RoomThatIsMadeForAPusherServesAPopperBehind) {
  Ints queue(1);
  Scope scope(rt);
  scope.spawn(pops, scoped(queue), 1);
  rt.run();
  EXPECT_TRUE(queue.try_push(boxed(1)));  // promised to the first
  scope.spawn(pushes, scoped(queue), 2);
  scope.spawn(pops, scoped(queue), 2);
  rt.run();
  EXPECT_EQ(told(), "got1 pushed2 got2");
}

TEST_F(QueueTest, ADestroyedQueueLosesThoseWhoWait) {
  auto queue = std::make_unique<Ints>(1);
  auto full = std::make_unique<Ints>(1);
  EXPECT_TRUE(full->try_push(boxed(1)));
  spawn(rt, pops_alone, tell_int("pop"), unsafe_borrow(queue.get()), 1);
  spawn(rt, pushes_alone, tell_int("push"), unsafe_borrow(full.get()), 2);
  spawn(
      rt,
      [](Borrowed<Ints*> q) -> Task<int> {
        const auto r = co_await q.get()->pop().reply();
        co_return r ? 1 : -1;
      },
      tell_int("reply"), unsafe_borrow(queue.get()));
  rt.run();
  EXPECT_TRUE(queue->try_push(boxed(1)));  // promised to the first
  queue.reset();
  full.reset();
  rt.run();
  EXPECT_EQ(told(), "pop!dropped reply=-1 push!dropped");
}

// A value that is promised to a task may come back, so nobody else hears of the end before.
TEST_F(QueueTest, AfterCloseThePromisedValueOfATaskThatIsDroppedIsForTheNext) {
  for (const bool waits : {false, true}) {  // the other one waits when the queue is closed
    Ints queue(4);
    const auto pop = [&](int who) {
      return spawn(rt, pops_alone, ret_nop, unsafe_borrow(&queue), who);
    };
    const TaskRef first = pop(1);
    rt.run();
    std::vector<TaskRef> others;
    for (const int who : {2, 3})
      if (waits) others.push_back(pop(who));
    if (waits) rt.run();
    for (const int who : {2, 3})
      if (!waits) others.push_back(pop(who));
    EXPECT_TRUE(queue.try_push(boxed(7)));
    queue.close();
    if (!waits) {
      rt.run_one();
      rt.run_one();
    }
    EXPECT_EQ(told(), "");
    EXPECT_EQ(queue.size(), 1u);
    first.cancel();
    rt.run();
    EXPECT_EQ(told(), "got7 none3");
    EXPECT_EQ(queue.size(), 0u);
    EXPECT_TRUE(others[0].done() && others[1].done());
  }
}

TEST_F(QueueTest, AfterCloseThoseWhoWaitHearOfTheEndWhenTheLastValueIsTaken) {
  Ints queue(4);
  std::vector<TaskRef> all;
  for (int who = 1; who <= 5; ++who)
    all.push_back(spawn(rt, pops_alone, ret_nop, unsafe_borrow(&queue), who));
  rt.run();
  for (int n = 6; n <= 7; ++n) EXPECT_TRUE(queue.try_push(boxed(n)));
  queue.close();
  all[2].cancel();
  rt.run_one();
  EXPECT_EQ(told(), "got6");
  rt.run();
  EXPECT_EQ(told(), "got7 none4 none5");
}

TEST_F(QueueTest, DestroyedAfterItWasClosed) {
  auto queue = std::make_unique<Ints>(1);
  spawn(rt, pops_alone, tell_int("pop"), unsafe_borrow(queue.get()), 1);
  rt.run();
  queue->close();
  queue.reset();
  rt.run();
  EXPECT_EQ(told(), "pop!dropped");
}

TEST_F(QueueTest, AsAStream) {
  Queue<int> queue(3);
  EXPECT_TRUE(queue.try_push(1));
  EXPECT_TRUE(queue.try_push(2));
  queue.close();
  spawn(
      rt,
      [](Borrowed<Queue<int>*> q) -> Task<int> {
        int sum = 0;
        for (;;) {
          const auto item = co_await q.get()->next();
          if (!item) break;
          sum += *item;
        }
        const std::optional<Reply<int>> end = co_await q.get()->next().reply();
        say(end ? "item" : "end");
        co_return sum;
      },
      tell_int("sum"), unsafe_borrow(&queue));
  rt.run();
  EXPECT_EQ(told(), "end sum=3");
  auto lost = std::make_unique<Queue<int>>(1);
  spawn(
      rt,
      [](Borrowed<Queue<int>*> q) -> Task<int> {
        const std::optional<Reply<int>> item = co_await q.get()->next().reply();
        co_return item && !*item ? 1 : 0;
      },
      tell_int("lost"), unsafe_borrow(lost.get()));
  rt.run();
  lost.reset();
  rt.run();
  EXPECT_EQ(told(), "lost=1");
}

Detached detached_pop(Ints& queue) {
  const auto value = co_await queue.pop().reply();
  say("popped", value && *value ? ***value : -1);
}
Detached detached_push(Ints& queue) {
  const auto pushed = co_await queue.push(boxed(9)).reply();
  say("pushed", pushed && *pushed ? 1 : 0);
}

TEST_F(QueueTest, CoroutinesOfAForeignTypeMayUseIt) {
  Ints queue(1);
  EXPECT_TRUE(queue.try_push(boxed(8)));
  std::optional<Detached> a, b, c;
  defer(
      rt,
      [](std::optional<Detached>* x, std::optional<Detached>* y, std::optional<Detached>* z,
         Ints* q) {
        x->emplace(detached_push(*q));
        y->emplace(detached_pop(*q));
        z->emplace(detached_pop(*q));
      },
      unsafe_borrow(&a), unsafe_borrow(&b), unsafe_borrow(&c), unsafe_borrow(&queue));
  rt.run();
  EXPECT_EQ(told(), "popped8 popped9 pushed1");
}

// Pushers and poppers that come and are dropped at random: each value that was pushed is popped
// once, in order.
struct Books {
  int next = 0;
  std::vector<int> popped;
};
Task<> push_one(Borrowed<Ints*> queue, Borrowed<Books*> books) {
  (void)co_await queue.get()->push(boxed(books.get()->next++));
}
Task<> pop_one(Borrowed<Ints*> queue, Borrowed<Books*> books) {
  const auto value = co_await queue.get()->pop();
  if (value) books.get()->popped.push_back(**value);
}
TEST_F(QueueTest, MemoryFollowsWhatWaitsAndTrimReachesIt) {
  Ints queue(1 << 20);
  const std::size_t first = queue.memory();
  EXPECT_LE(first, 1024u) << "not that of its capacity";
  const auto burst = [&](int n) {
    defer(
        rt,
        [](Ints* q, int k) {
          for (; k != 0; --k) EXPECT_TRUE(q->try_push(boxed(k)));
        },
        unsafe_borrow(&queue), n);
    rt.run();
  };
  burst(100'000);
  EXPECT_GE(queue.memory(), 800'000u);
  while (queue.try_pop()) {}
  EXPECT_LE(queue.memory(), 3 * 65536u);
  for (int i = 0; i < 100; ++i) {
    burst(1);
    EXPECT_TRUE(queue.try_pop());
  }
  EXPECT_LE(queue.memory(), 2 * first);
  burst(100'000);
  while (queue.try_pop()) {}
  EXPECT_GT(queue.memory(), 2 * first);
  rt.trim();
  EXPECT_EQ(queue.memory(), first);
}

TEST_F(QueueTest, WithoutMemoryItCountsAsFull) {
  Ints queue(1 << 20);
  int n = 0;
  {
    const troupe_test::FailAllocation none(0, true);
    while (n < 1000 && queue.try_push(std::unique_ptr<int>())) ++n;
  }
  ASSERT_GT(n, 0);
  ASSERT_LT(n, 1000);
  for (int k = 1; k <= 3; ++k) spawn(rt, pushes_alone, ret_nop, unsafe_borrow(&queue), k);
  {
    rt.run_one();  // there is memory again for the first
    EXPECT_EQ(queue.size(), static_cast<std::size_t>(n) + 1);
  }
  rt.run();
  EXPECT_EQ(told(), "pushed1 pushed2 pushed3");
  while (queue.try_pop()) {}
}

Task<> pushes_this(Borrowed<Ints*> queue, std::unique_ptr<int> value) {
  const bool pushed = co_await queue.get()->push(std::move(value));
  say(pushed ? "pushed1" : "closed");
}
TEST_F(QueueTest, WhoWaitsForMemoryIsNotOvertaken) {
  Ints queue(1 << 20);
  spawn(rt, pushes_this, ret_nop, unsafe_borrow(&queue), std::make_unique<int>(1));
  {
    const troupe_test::FailAllocation none(0, true);
    while (queue.try_push(std::unique_ptr<int>())) {}
    rt.run();
  }
  EXPECT_EQ(told(), "") << "it waits";
  EXPECT_FALSE(queue.try_push(std::make_unique<int>(7)));
  spawn(rt, pushes_alone, ret_nop, unsafe_borrow(&queue), 2);
  rt.run();
  EXPECT_EQ(told(), "") << "behind the first";
  EXPECT_TRUE(queue.try_pop());
  rt.run();
  EXPECT_EQ(told(), "pushed1 pushed2");
  while (auto value = queue.try_pop())
    if (*value) say("value", **value);
  EXPECT_EQ(told(), "value1 value2");
}

struct PushesAtItsEnd {
  explicit PushesAtItsEnd(Queue<PushesAtItsEnd>* q) : queue(q) {}
  PushesAtItsEnd(PushesAtItsEnd&& o) noexcept : queue(std::exchange(o.queue, nullptr)) {}
  ~PushesAtItsEnd() {
    if (queue) say(queue->try_push(PushesAtItsEnd(nullptr)) ? "pushed" : "closed");
  }
  Queue<PushesAtItsEnd>* queue;
};

TEST_F(QueueTest, TheEndOfAValueMayPushUntilTheQueueGoes) {
  Queue<PushesAtItsEnd> queue(100);
  EXPECT_TRUE(queue.try_push(PushesAtItsEnd(&queue)));
  EXPECT_TRUE(queue.try_pop());
  EXPECT_EQ(told(), "pushed");
  {
    Queue<PushesAtItsEnd> dies(100);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(dies.try_push(PushesAtItsEnd(&dies)));
  }
  EXPECT_EQ(told(), "closed closed closed");
}

TEST_F(QueueTest, ARandomCrowd) {
  SCOPED_TRACE(troupe_test::seed_text());
  troupe_test::Dice dice(troupe_test::seed());
  Ints queue(dice.below(2) ? 3 : 200);
  Books books;
  std::vector<TaskRef> refs;
  for (int round = 0; round < 1000; ++round) {
    switch (dice.below(6)) {
      case 0:
        refs.push_back(spawn(rt, push_one, ret_nop, unsafe_borrow(&queue), unsafe_borrow(&books)));
        break;
      case 1:
        refs.push_back(spawn(rt, pop_one, ret_nop, unsafe_borrow(&queue), unsafe_borrow(&books)));
        break;
      case 2:
        (void)queue.try_push(boxed(books.next++));
        break;
      case 3:
        if (auto v = queue.try_pop()) books.popped.push_back(**v);
        break;
      case 4:
        if (!refs.empty()) refs[dice.below(refs.size())].cancel();
        break;
      default:
        rt.run();
        if (dice.below(4) == 0) rt.trim();
    }
    EXPECT_LE(queue.size(), queue.capacity());
  }
  rt.run();
  queue.close();
  rt.run();
  while (auto v = queue.try_pop()) books.popped.push_back(**v);
  EXPECT_GT(books.popped.size(), 50u);
  EXPECT_TRUE(std::ranges::is_sorted(books.popped))
      << "they go in as they are numbered, and come out so";
  EXPECT_EQ(std::ranges::adjacent_find(books.popped), books.popped.end()) << "none twice";
}

}  // namespace queue_test
}  // namespace troupe
