// task/origin_test.cpp: what a child of a group has received goes back if the awaiting coroutine
// goes before it takes it.
#include <troupe/task/origin.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace origin_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

using OriginTest = troupe_test::OneRuntimeTest;
using Item = std::unique_ptr<int>;
using Pops = Task<int> (*)(Borrowed<Queue<Item>>);

Task<int> in_a_race(Borrowed<Queue<Item>> q) {
  const auto raced = co_await race(q->pop(), sleep(1h));
  co_return ***raced.get<0>();
}
Task<int> in_any(Borrowed<Queue<Item>> q) {
  const auto raced = co_await any(q->next(), sleep(1h));
  co_return raced.get<0>() ? ***raced.get<0>() : -1;
}
Task<int> in_all(Borrowed<Queue<Item>> q) {
  const auto both = co_await all(q->pop(), sleep(0s));
  co_return **std::get<0>(both);
}
Task<int> in_time(Borrowed<Queue<Item>> q) {
  const auto raced = co_await race(timeout(1h, q->pop()).reply(), sleep(1h));
  co_return ****raced.get<0>();
}
Task<int> in_a_race_of_races(Borrowed<Queue<Item>> q) {
  const auto raced = co_await race(race(q->pop().reply(), sleep(1h)), sleep(1h));
  co_return ****raced.get<0>()->get<0>();
}
Task<int> of_many(Borrowed<Queue<Item>> q) {
  std::vector<decltype(q->pop())> pops;
  for (int n = 0; n < 3; ++n) pops.push_back(q->pop());
  auto raced = co_await race(std::move(pops));
  co_return **raced.value();
}
const Pops ways[] = {in_a_race, in_any, in_all, in_time, in_a_race_of_races, of_many};

// At each moment between the push and the end of the task.
TEST_F(OriginTest, AnItemOfAQueueIsForTheNextWhereTheAwaiterIsCancelled) {
  for (const Pops way : ways)
    for (int moment = 0; moment < 12; ++moment) {
      Queue<Item> queue(4);
      const TaskRef ref = spawn(rt, way, tell_int("got"), unsafe_borrow(queue));
      rt.run();
      queue.try_push(std::make_unique<int>(7));
      for (int n = 0; n < moment; ++n) rt.run_one();
      const bool ended = ref.done();
      ref.cancel();
      rt.run();
      EXPECT_EQ(told(), ended ? "got=7" : "got!cancelled");
      const auto left = queue.try_pop();
      EXPECT_EQ(left.has_value(), !ended) << "way " << &way - ways << ", moment " << moment;
      if (left) {
        EXPECT_EQ(**left, 7);
      }
    }
}

#if TROUPE_EXCEPTIONS
enum class How : std::uint8_t { all, race, any };
Task<int> many(Borrowed<Queue<Item>> q, How how) {
  std::vector<decltype(q->pop())> pops;
  for (int n = 0; n < 2; ++n) pops.push_back(q->pop());
  if (how == How::all) {
    const auto both = co_await all(std::move(pops));
    co_return **both[0];
  }
  if (how == How::race) {
    auto raced = co_await race(std::move(pops));
    co_return **raced.value();
  }
  auto raced = co_await any(std::move(pops)).reply();
  co_return raced ? **raced->value() : -1;
}
TEST_F(OriginTest, WhereMemoryForTheValuesOfAGroupLacksItsItemsGoBack) {
  rt.set_logger({}, {});
  for (const How how : {How::all, How::race, How::any}) {
    Queue<Item> queue(4);
    spawn(rt, many, tell_int("got"), unsafe_borrow(queue), how);
    rt.run();
    for (const int n : {1, 2}) EXPECT_TRUE(queue.try_push(std::make_unique<int>(n)));
    while (queue.size() != 0) rt.run_one();  // the children have both
    {
      const troupe_test::FailAllocation once(0);
      rt.run();
    }
    EXPECT_EQ(told(), how == How::any ? "got=-1" : "got!failed");
    for (const int n : {1, 2}) {
      const auto item = queue.try_pop();
      ASSERT_TRUE(item) << static_cast<int>(how);
      EXPECT_EQ(**item, n);
    }
  }
}
#endif

TEST_F(OriginTest, AnItemOfAPipeIsForTheNextWhereTheAwaiterIsCancelled) {
  for (int moment = 0; moment < 12; ++moment) {
    auto [stream, fwd] = stream_pipe<Item>(rt);
    const TaskRef ref = spawn(
        rt,
        [](Borrowed<PipeStream<Item>> s) -> Task<int> {
          const auto raced = co_await race(s->next(), sleep(1h));
          co_return ***raced.get<0>();
        },
        tell_int("got"), unsafe_borrow(stream));
    rt.run();
    fwd(std::make_unique<int>(7));
    for (int n = 0; n < moment; ++n) rt.run_one();
    const bool ended = ref.done();
    ref.cancel();
    rt.run();
    EXPECT_EQ(told(), ended ? "got=7" : "got!cancelled");
    fwd(std::nullopt);
    spawn(
        rt,
        [](PipeStream<Item> s) -> Task<int> {
          const auto item = co_await s.next();
          co_return item ? **item : -1;
        },
        tell_int("left"), std::move(stream));
    rt.run();
    EXPECT_EQ(told(), ended ? "left=-1" : "left=7");
  }
}

// Whatever it came through: the queue may go before the awaiter goes on, or is dropped.
TEST_F(OriginTest, AnItemOfAQueueThatHasGoneBelongsToTheAwaiter) {
  for (const Pops way : ways)
    for (const bool dropped : {false, true}) {
      auto queue = std::make_unique<Queue<Item>>(4);
      const TaskRef ref = spawn(rt, way, tell_int("got"), unsafe_borrow(*queue));
      rt.run();
      queue->try_push(std::make_unique<int>(7));
      while (queue->size() != 0) rt.run_one();
      queue.reset();
      if (dropped) ref.cancel();
      run_virtual(rt);
      EXPECT_EQ(told(), dropped ? "got!cancelled" : "got=7");
    }
}

TEST_F(OriginTest, AllOfManyGoBackInTheirOrderInFrontOfTheOthers) {
  Queue<Item> queue(5);
  const auto push = [&](int n) { queue.try_push(std::make_unique<int>(n)); };
  const TaskRef ref = spawn(
      rt,
      [](Borrowed<Queue<Item>> q) -> Task<int> {
        const auto three = co_await all(q->pop(), q->next().reply(), q->pop(), sleep(1h));
        co_return **std::get<0>(three);
      },
      tell_int("got"), unsafe_borrow(queue));
  rt.run();
  for (int n = 1; n <= 5; ++n) push(n);
  rt.run();
  EXPECT_EQ(queue.size(), 2u);
  for (int n = 6; n <= 8; ++n) push(n);
  ref.cancel();
  EXPECT_EQ(told(), "got!cancelled");
  EXPECT_EQ(queue.size(), 8u) << "more than its capacity";
  EXPECT_FALSE(queue.try_push(std::make_unique<int>(9)));
  for (int n = 1; n <= 8; ++n) {
    const auto item = queue.try_pop();
    ASSERT_TRUE(item);
    EXPECT_EQ(**item, n);
  }
}

// While the awaiter waits for others, the place of what its child has received is free.
TEST_F(OriginTest, WhatAChildHasReceivedHoldsNoRoom) {
  Queue<int> queue(1);
  spawn(
      rt,
      [](Borrowed<Queue<int>> q) -> Task<int> {
        auto three = co_await all(q->pop(), q->pop(), q->pop());
        co_return *std::get<0>(three) * 100 + *std::get<1>(three) * 10 + *std::get<2>(three);
      },
      tell_int("got"), unsafe_borrow(queue));
  spawn(
      rt,
      [](Borrowed<Queue<int>> q) -> Task<> {
        for (int n = 1; n <= 3; ++n) co_await q->push(n);
      },
      ret_nop, unsafe_borrow(queue));
  rt.run();
  EXPECT_EQ(told(), "got=123");
}

TEST_F(OriginTest, WhoeverWaitsMeanwhileGetsIt) {
  for (const bool closed : {false, true}) {
    Queue<int> queue(4);
    const TaskRef ref = spawn(
        rt,
        [](Borrowed<Queue<int>> q) -> Task<int> {
          auto both = co_await all(q->pop(), sleep(1h));
          co_return *std::get<0>(both);
        },
        tell_int("first"), unsafe_borrow(queue));
    rt.run();
    queue.try_push(7);
    rt.run();
    if (closed) queue.close();
    const auto pop = [](Borrowed<Queue<int>> q) -> Task<int> {
      const auto item = co_await q->pop();
      co_return item ? *item : -1;
    };
    spawn(rt, pop, tell_int("second"), unsafe_borrow(queue));
    rt.run();
    ref.cancel();
    rt.run();
    EXPECT_EQ(told(), closed ? "second=-1 first!cancelled" : "first!cancelled second=7");
    EXPECT_EQ(queue.try_pop().has_value(), closed);
  }
}

#if TROUPE_EXCEPTIONS
TEST_F(OriginTest, AGroupThatFailsGivesBackWhatItsOtherChildrenHadReceived) {
  Queue<int> queue(4);
  queue.try_push(7);
  spawn(
      rt,
      [](Borrowed<Queue<int>> q) -> Task<int> {
        TROUPE_TRY {
          auto both = co_await all(q->pop(), []() -> Task<> {
            co_await sleep(1s);
            throw std::runtime_error("no");
          }());
          co_return *std::get<0>(both);
        }
        TROUPE_CATCH_ALL {}
        co_return static_cast<int>(q->size());
      },
      tell_int("left"), unsafe_borrow(queue));
  run_virtual(rt);
  EXPECT_EQ(told(), "left=1");
}
#endif

// ---- pipes
Task<int> read_one(Borrowed<PipeStream<Item>> s) {
  const auto item = co_await s->next();
  co_return item ? **item : -1;
}
Task<int> read_in_a_group(Borrowed<PipeStream<Item>> s) {
  auto both = co_await all(s->next(), sleep(1h));
  co_return **std::get<0>(both);
}
Task<> say_all(Borrowed<PipeStream<Item>> s) {
  for (;;) {
    const auto item = co_await s->next();
    if (!item) co_return;
    say("", **item);
  }
}

TEST_F(OriginTest, AnItemOfAPipeGoesBackInFrontOfTheOthersWhateverItsBuffersDidMeanwhile) {
  for (const bool trims : {false, true})
    for (int read = 0; read <= 4; ++read)
      for (int sent = 1; sent <= 4; ++sent) {
        StreamPipe<Item> pipe = stream_pipe<Item>(rt, {}, 6);
        int next = 1;
        std::string expected = "1";
        const auto send = [&](int n) {
          for (; n != 0; --n) pipe.fwd(std::make_unique<int>(next++));
        };
        const TaskRef ref = spawn(rt, read_in_a_group, tell_int("got"), unsafe_borrow(pipe.stream));
        rt.run();
        send(sent);
        rt.run();
        for (int n = 0; n < read; ++n)
          spawn(rt, read_one, ret_nop, unsafe_borrow(pipe.stream)), rt.run(), send(1);
        if (read >= sent) send(1);
        rt.run();
        if (trims) rt.trim();
        ref.cancel();
        EXPECT_EQ(told(), "got!cancelled");
        send(1);
        pipe.fwd(std::nullopt);
        spawn(rt, say_all, ret_nop, unsafe_borrow(pipe.stream));
        rt.run();
        for (int n = read + 2; n < next; ++n) expected.append(" ").append(std::to_string(n));
        EXPECT_EQ(told(), expected) << trims << " " << read << " " << sent;
        EXPECT_EQ(pipe.stream.dropped(), 0u);
      }
}

TEST_F(OriginTest, APipeThatIsFullMeanwhileHoldsOneMore) {
  auto [stream, fwd] = stream_pipe<Item>(rt, {}, 1, WhenFull::drop_newest);
  const auto send = [&](int n) { fwd(std::make_unique<int>(n)); };
  const TaskRef ref = spawn(rt, read_in_a_group, tell_int("got"), unsafe_borrow(stream));
  rt.run();
  send(1);
  rt.run();
  send(2);
  ref.cancel();
  told();
  send(3);
  EXPECT_EQ(stream.dropped(), 1u);
  spawn(rt, say_all, ret_nop, unsafe_borrow(stream));
  rt.run();
  send(4);
  rt.run();
  fwd(std::nullopt);
  rt.run();
  EXPECT_EQ(told(), "1 2 4");
}

TEST_F(OriginTest, AReaderThatWaitsMeanwhileGetsTheItemOfAPipe) {
  auto [stream, fwd] = stream_pipe<Item>(rt);
  const TaskRef ref = spawn(rt, read_in_a_group, tell_int("first"), unsafe_borrow(stream));
  rt.run();
  fwd(std::make_unique<int>(7));
  rt.run();
  spawn(rt, read_one, tell_int("second"), unsafe_borrow(stream));
  rt.run();
  ref.cancel();
  rt.run();
  EXPECT_EQ(told(), "first!cancelled second=7");
  fwd(std::nullopt);
}

TEST_F(OriginTest, AnItemOfAPipeWhoseStreamHasGoneDies) {
  std::optional<StreamPipe<SaysBye>> pipe(stream_pipe<SaysBye>(rt));
  const TaskRef ref = spawn(
      rt,
      [](Borrowed<PipeStream<SaysBye>> s) -> Task<> {
        auto both = co_await all(s->next(), sleep(1h));
        (void)both;
      },
      ret_nop, unsafe_borrow(pipe->stream));
  rt.run();
  pipe->fwd(SaysBye("~item"));
  rt.run();
  pipe.reset();
  EXPECT_EQ(told(), "");
  ref.cancel();
  EXPECT_EQ(told(), "~item");
}

// It is no word of the user's.
template <class A>
concept shows_origin = requires(const A& a) { a.origin(); };
template <class A>
concept hides_origin = detail::has_origin<A> && !shows_origin<A>;
static_assert(hides_origin<decltype(std::declval<Queue<int>&>().pop())>);
static_assert(hides_origin<decltype(timeout(1s, std::declval<Queue<int>&>().pop()))>);
static_assert(hides_origin<decltype(all(std::declval<Queue<int>&>().pop(), sleep(1s)))>);
static_assert(!detail::has_origin<decltype(timeout(1s, sleep(1s)))>);

// An awaitable of another library may mean something else by that name.
struct WithOriginOfItsOwn {
  std::string origin() const { return "elsewhere"; }
  bool await_ready() const { return true; }
  void await_suspend(std::coroutine_handle<>) const {}
  int await_resume() const { return 7; }
};
TEST_F(OriginTest, AwaitablesOfOtherLibrariesMayHaveAnOriginOfTheirOwn) {
  spawn(
      rt,
      []() -> Task<int> {
        auto raced = co_await race(WithOriginOfItsOwn(), sleep(1s));
        co_return *raced.get<0>();
      },
      tell_int("got"));
  run_virtual(rt);
  EXPECT_EQ(told(), "got=7");
}

// What has no such place says so: an item that was read from a generator has been read.
TEST_F(OriginTest, AnItemOfAGeneratorDiesWithTheAwaiter) {
  auto numbers = []() -> Generator<int> {
    for (int n = 1; n <= 3; ++n) co_yield int(n);
  }();
  const TaskRef ref = spawn(
      rt,
      [](Borrowed<Generator<int>> g) -> Task<> {
        auto both = co_await all(g->next(), sleep(1h));
        (void)both;
      },
      ret_nop, unsafe_borrow(numbers));
  rt.run();
  ref.cancel();
  spawn(
      rt,
      [](Borrowed<Generator<int>> g) -> Task<int> {
        const auto item = co_await g->next();
        co_return item ? *item : -1;
      },
      tell_int("next"), unsafe_borrow(numbers));
  rt.run();
  EXPECT_EQ(told(), "next=2");
}

}  // namespace origin_test
}  // namespace troupe
