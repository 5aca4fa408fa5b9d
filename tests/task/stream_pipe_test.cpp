// task/stream_pipe_test.cpp: a Fwd read as a stream: order, both ways of asking, ends and losses,
// bounds, dropped readers.
#include <troupe/task/stream_pipe.hpp>

#include <gtest/gtest.h>

#include <array>
#include <coroutine>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/task/stream.hpp>
#include <utility>

#include "support/allocations.hpp"
#include "support/recorder.hpp"
#include "support/seed.hpp"
#include "support/streams.hpp"

namespace troupe {
namespace stream_pipe_test {

using troupe_test::Allocations;
using troupe_test::FailAllocation;
using troupe_test::read_all;
using troupe_test::read_replies;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

using Ints = PipeStream<int>;
using IntFwd = Fwd<std::optional<int>>;
static_assert(Stream<Ints, int> && !Stream<Ints, long> && !Stream<int>);
static_assert(sizeof(Ints) == 8 && !std::is_copy_constructible_v<Ints> && Storable<Ints>);

using StreamPipeTest = troupe_test::BalancedTest;

void drop(IntFwd fwd) { const IntFwd dies = std::move(fwd); }

// ---- order
TEST_F(StreamPipeTest, WhatWasSentBeforeIsReadInOneTurn) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  for (int i = 0; i < 10; ++i) fwd(i);
  fwd(std::nullopt);
  fwd(99);
  spawn(rt, read_all(std::move(stream)), tell_int("ret"));
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "0 1 2 3 4 5 6 7 8 9 end ~local ret=10");
  EXPECT_FALSE(fwd.is_wanted());
}

TEST_F(StreamPipeTest, AReaderThatWaitsGoesOnByTheQueue) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  spawn(rt, read_all(std::move(stream)), tell_int("ret"));
  rt.run();
  fwd(1);
  defer(rt, [] { say("call"); });
  fwd(2);
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "1 2 call");
  fwd(3);
  fwd(std::nullopt);
  rt.run();
  EXPECT_EQ(told(), "3 end ~local ret=3");
}

struct Source {  // sends a batch of numbers each time it is asked
  IntFwd to;
  int at = 0, end = 0, batch = 1;
  int asked = 0;
  void send() {
    ++asked;
    for (int i = 0; i < batch && at < end; ++i) to(at++);
    if (at == end) {
      to(std::nullopt);
      to = {};
    }
  }
};
struct SourceActor {
  Source source;
  explicit SourceActor(int end, int batch) { source.end = end, source.batch = batch; }
  void connect(Cx<SourceActor>&, IntFwd fwd) { source.to = std::move(fwd); }
  void more(Cx<SourceActor>&) { source.send(); }
};

TEST_F(StreamPipeTest, BatchesArePulledFromAnActor) {
  for (const int batch : {1, 16, 100}) {
    Runtime rt;
    const auto actor = make_actor<SourceActor>(rt, ret_nop, 100, batch);
    auto [stream, fwd] = stream_pipe<int>(rt, fwd_to<&SourceActor::more>(actor));
    call<&SourceActor::connect>(actor, std::move(fwd));
    int sum = 0;
    spawn(
        rt,
        [](Ints items, Borrowed<int> total) -> Task<> {
          for (;;) {
            const auto item = co_await items.next();
            if (!item) co_return;
            *total = *total * 3 % 9973 + *item;
          }
        },
        ret_do([](const Reply<>& r) { say(r ? "done" : "lost"); }), std::move(stream),
        unsafe_borrow(sum));
    rt.run();
    int expected = 0;
    for (int i = 0; i < 100; ++i) expected = expected * 3 % 9973 + i;
    EXPECT_EQ(sum, expected);
    EXPECT_EQ(told(), "done") << "the whole thing in a single run";
  }
}

TEST_F(StreamPipeTest, MoreIsCalledOnceForEachEmptyWait) {
  Runtime rt;
  int asked = 0;
  auto [stream, fwd] =
      stream_pipe<int>(rt, fwd_do([](Borrowed<int> n) { ++*n; }, unsafe_borrow(asked)));
  EXPECT_EQ(asked, 0) << "lazily";
  spawn(rt, read_all(std::move(stream)), ret_nop);
  rt.run();
  rt.run();
  EXPECT_EQ(asked, 1);
  fwd(1);
  fwd(2);
  rt.run();
  EXPECT_EQ(asked, 2);
  fwd(std::nullopt);
  rt.run();
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(told(), "1 2 end ~local");
}

TEST_F(StreamPipeTest, MoreMayAnswerThereAndThen) {
  Runtime rt;
  Source source;
  source.end = 5;
  auto [stream, fwd] =
      stream_pipe<int>(rt, fwd_do([](Borrowed<Source> s) { s->send(); }, unsafe_borrow(source)));
  source.to = std::move(fwd);
  spawn(rt, read_all(std::move(stream)), tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "0 1 2 3 4 end ~local ret=5");
  EXPECT_EQ(source.asked, 5);
}

TEST_F(StreamPipeTest, MoreIsDroppedWithTheEnd) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(
      rt, fwd_do([](const std::shared_ptr<SaysBye>&) {}, std::make_shared<SaysBye>("~more")));
  fwd(1);
  EXPECT_EQ(told(), "");
  fwd(std::nullopt);
  EXPECT_EQ(told(), "~more");
}

TEST_F(StreamPipeTest, TwoReadsInOneExpression) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt, fwd_do([] { say("more"); }));
  spawn(
      rt,
      [](Ints s) -> Task<int> {
        const auto sum = [](const std::optional<int>& a, const std::optional<int>& b) {
          return *a + *b;
        };
        co_return sum(co_await s.next(), co_await s.next());
      },
      tell_int("sum"), std::move(stream));
  rt.run();
  fwd(1);
  rt.run();
  fwd(2);
  rt.run();
  EXPECT_EQ(told(), "more more sum=3");
}

// ---- the three modes of failure
TEST_F(StreamPipeTest, InModeReplyAMissingEndIsAFailureBehindTheItems) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  fwd(123);
  drop(std::move(fwd));
  spawn(rt, read_replies(std::move(stream)), tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "123 dropped end ret=2");
}

TEST_F(StreamPipeTest, InModeReplyAnEndIsNone) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  spawn(rt, read_replies(std::move(stream)), tell_int("ret"));
  rt.run();
  fwd(1);
  rt.run();
  fwd(2);
  fwd(std::nullopt);
  drop(std::move(fwd));
  rt.run();
  EXPECT_EQ(told(), "1 2 end ret=2");
}

TEST_F(StreamPipeTest, InModeReplyAWaitingReaderIsTold) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  spawn(rt, read_replies(std::move(stream)), tell_int("ret"));
  rt.run();
  drop(std::move(fwd));
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "dropped end ret=1");
}

TEST_F(StreamPipeTest, InModeDropQueuedItemsComeFirst) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  spawn(rt, read_all(std::move(stream)), tell_int("ret"));
  fwd(1);
  rt.run();
  fwd(2);
  fwd(3);
  drop(std::move(fwd));
  EXPECT_EQ(told(), "1");
  rt.run();
  EXPECT_EQ(told(), "2 3 ~local ret!dropped");
}

TEST_F(StreamPipeTest, InModeDropAWaitingTaskEnds) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  spawn(rt, read_all(std::move(stream)), tell_int("ret"));
  rt.run();
  IntFwd copy = fwd;
  drop(std::move(fwd));
  rt.run();
  EXPECT_EQ(told(), "") << "not the last one";
  drop(std::move(copy));
  EXPECT_EQ(told(), "") << "by an item of the queue";
  rt.run();
  EXPECT_EQ(told(), "~local ret!dropped");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(StreamPipeTest, AFailureSaysWhy) {
  Runtime rt;
  struct Holder {
    IntFwd fwd;
    explicit Holder(IntFwd f) : fwd(std::move(f)) {}
    void give_up(Cx<Holder>& cx) { cx.fail("gave up"); }
  };
  auto [stream, fwd] = stream_pipe<int>(rt);
  const auto holder = make_actor<Holder>(rt, ret_nop, std::move(fwd));
  spawn(
      rt,
      [](Ints s) -> Task<> {
        const auto item = co_await s.next().reply();
        say(to_string(item->error().why()));
        say(item->error().error().text());
      },
      ret_nop, std::move(stream));
  rt.run();
  call<&Holder::give_up>(holder);
  rt.run();
  EXPECT_EQ(told(), "failed gave up");
}

#if TROUPE_EXCEPTIONS
TEST_F(StreamPipeTest, InModeValueALossIsThrownOnce) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  fwd(1);
  drop(std::move(fwd));
  spawn(
      rt,
      [](Ints s) -> Task<int> {
        const auto first = co_await s.next().value();
        try {
          (void)co_await value_of(s.next());
        } catch (const ActorFailed& failed) {
          say(to_string(failed.fail().why()));
        }
        const auto end = co_await s.next().value();
        co_return *first + (end ? 10 : 0);
      },
      tell_int("ret"), std::move(stream));
  rt.run();
  EXPECT_EQ(told(), "dropped ret=1");
}
#endif

// ---- bounds
TEST_F(StreamPipeTest, AFullPipeFails) {
  for (const std::size_t capacity : {1u, 3u, 8u, 20u}) {
    Runtime rt;
    auto [stream, fwd] = stream_pipe<int>(rt, fwd_nop, capacity);
    for (std::size_t i = 0; i < capacity; ++i) fwd(static_cast<int>(i));
    EXPECT_TRUE(fwd.is_wanted());
    EXPECT_EQ(stream.dropped(), 0u);
    fwd(1000);
    EXPECT_FALSE(fwd.is_wanted());
    fwd(1001);
    fwd(std::nullopt);
    EXPECT_EQ(stream.dropped(), 2u);
    std::string expected;
    for (std::size_t i = 0; i < capacity; ++i) expected += std::to_string(i) + " ";
    spawn(rt, read_replies(std::move(stream)), ret_nop);
    rt.run();
    EXPECT_EQ(told(), expected + "overloaded end");
  }
}

TEST_F(StreamPipeTest, AFullPipeMayDropTheNewest) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt, fwd_nop, 3, WhenFull::drop_newest);
  for (int i = 0; i < 5; ++i) fwd(i);
  EXPECT_EQ(stream.dropped(), 2u);
  fwd(std::nullopt);
  spawn(rt, read_all(std::move(stream)), tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "0 1 2 end ~local ret=3");
}

TEST_F(StreamPipeTest, AFullPipeMayDropTheOldest) {
  for (const int capacity : {1, 3, 8, 9}) {
    Runtime rt;
    auto [stream, fwd] =
        stream_pipe<int>(rt, fwd_nop, static_cast<std::size_t>(capacity), WhenFull::drop_oldest);
    for (int i = 0; i < 25; ++i) fwd(i);
    EXPECT_EQ(stream.dropped(), static_cast<std::uint64_t>(25 - capacity));
    fwd(std::nullopt);
    std::string expected;
    for (int i = 25 - capacity; i < 25; ++i) expected += std::to_string(i) + " ";
    spawn(rt, read_all(std::move(stream)), ret_nop);
    rt.run();
    EXPECT_EQ(told(), expected + "end ~local");
  }
}

TEST_F(StreamPipeTest, ItBehavesLikeABoundedQueue) {
  SCOPED_TRACE(troupe_test::seed_text());
  troupe_test::Dice dice(troupe_test::seed());
  for (int round = 0; round < 60; ++round) {
    Runtime rt;
    const std::size_t capacity = 1 + dice.below(40);
    const auto policy = dice.below(2) ? WhenFull::drop_newest : WhenFull::drop_oldest;
    auto [stream, fwd] = stream_pipe<std::string>(rt, fwd_nop, capacity, policy);
    std::deque<std::string> model;
    std::uint64_t dropped = 0;
    int next = 0;
    for (int step = 0; step < 200; ++step) {
      for (auto n = dice.below(30); n != 0; --n) {
        std::string text = "a text that is too long to be short " + std::to_string(next++);
        fwd(text);
        if (model.size() == capacity) {
          ++dropped;
          if (policy == WhenFull::drop_newest) continue;
          model.pop_front();
        }
        model.push_back(std::move(text));
      }
      for (auto n = dice.below(30); n != 0 && !model.empty(); --n) {
        auto await = stream.next();
        ASSERT_TRUE(await.await_ready());
        ASSERT_EQ(await.await_resume(), model.front());
        model.pop_front();
      }
      ASSERT_EQ(stream.next().await_ready(), !model.empty());
      ASSERT_EQ(stream.dropped(), dropped);
    }
  }
}

struct Huge {  // too large for the pool
  explicit Huge(int n) : number(n) {}
  int number;
  std::array<char, 200'000> rest{};
};

TEST_F(StreamPipeTest, NoMemoryCountsAsFull) {
  for (const auto policy : {WhenFull::fail, WhenFull::drop_newest, WhenFull::drop_oldest}) {
    Runtime rt;
    auto [stream, fwd] = stream_pipe<Huge>(rt, fwd_nop, 100, policy);
    for (int i = 0; i < 8; ++i) fwd(Huge(i));
    {
      const FailAllocation none(0, true);
      fwd(Huge(8));
    }
    EXPECT_EQ(stream.dropped(), 1u);
    if (policy != WhenFull::fail) fwd(Huge(9));
    { const auto dies = std::move(fwd); }
    spawn(
        rt,
        [](PipeStream<Huge> s) -> Task<> {
          for (;;) {
            const auto item = co_await s.next().reply();
            if (!item) co_return;
            if (*item)
              say("", (*item)->number);
            else
              say(to_string(item->error().why()));
          }
        },
        ret_nop, std::move(stream));
    rt.run();
    EXPECT_EQ(told(), policy == WhenFull::fail ? "0 1 2 3 4 5 6 7 out of memory"
                                               : "0 1 2 3 4 5 6 7 9 dropped");
  }
}

TEST_F(StreamPipeTest, NoMemoryForTheFirstItemLosesAWaitingReader) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<Huge>(rt);
  spawn(
      rt,
      [](PipeStream<Huge> s) -> Task<int> {
        const auto item = co_await s.next();
        co_return item->number;
      },
      tell_int("ret"), std::move(stream));
  rt.run();
  {
    const FailAllocation none(0, true);
    fwd(Huge(1));
  }
  rt.run();
  EXPECT_EQ(told(), "ret!out of memory");
}

// ---- readers that go
TEST_F(StreamPipeTest, ADroppedReaderDropsItemsAndMore) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<SaysBye>(
      rt, fwd_do([](const std::shared_ptr<SaysBye>&) {}, std::make_shared<SaysBye>("~more")));
  fwd(SaysBye("~1"));
  fwd(SaysBye("~2"));
  { const auto dies = std::move(stream); }
  EXPECT_EQ(told(), "~more ~1 ~2");
  EXPECT_FALSE(fwd.is_wanted());
  fwd(SaysBye("~3"));
  EXPECT_EQ(told(), "~3");
}

TEST_F(StreamPipeTest, ATaskCancelledWhileItWaits) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  const TaskRef task = spawn(rt, read_all(std::move(stream)), tell_int("ret"));
  rt.run();
  task.cancel();
  EXPECT_EQ(told(), "~local ret!cancelled");
  EXPECT_FALSE(fwd.is_wanted());
  fwd(1);
  drop(std::move(fwd));
  rt.run();
  EXPECT_EQ(told(), "");
}

Task<int> read_one(Borrowed<Ints> stream) {
  const auto item = co_await stream.get().next();
  co_return item ? *item : -1;
}

TEST_F(StreamPipeTest, ATaskCancelledBetweenItsWakingAndItsTurnLosesNoItem) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  Ints items = std::move(stream);
  const TaskRef task = spawn(rt, read_one(unsafe_borrow(items)), tell_int("first"));
  rt.run();
  fwd(7);
  task.cancel();
  spawn(rt, read_one(unsafe_borrow(items)), tell_int("second"));
  rt.run();
  EXPECT_EQ(told(), "first!cancelled second=7");
}

TEST_F(StreamPipeTest, MoreMayHoldTheLastFwd) {
  Runtime rt;
  auto holder = std::make_shared<IntFwd>();
  const std::weak_ptr<IntFwd> alive = holder;
  auto pipe =
      stream_pipe<int>(rt, fwd_do([](const std::shared_ptr<IntFwd>& to) { (*to)(1); }, holder));
  *holder = std::move(pipe.fwd);
  holder.reset();
  EXPECT_FALSE(alive.expired());
  { const auto dies = std::move(pipe.stream); }
  EXPECT_TRUE(alive.expired());
}

TEST_F(StreamPipeTest, MoreMayDropTheReader) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  auto inner = std::make_shared<std::optional<Ints>>(std::move(stream));
  auto pipe = stream_pipe<int>(
      rt, fwd_do([](const std::shared_ptr<std::optional<Ints>>& s) { s->reset(); }, inner));
  *inner = std::move(pipe.stream);
  spawn(
      rt,
      [](std::shared_ptr<std::optional<Ints>> s) -> Task<int> { co_return *co_await (*s)->next(); },
      tell_int("ret"), inner);
  rt.run();
  EXPECT_EQ(told(), "ret!dropped");
}

TEST_F(StreamPipeTest, AStreamThatGoesWhileItIsAwaitedIsLost) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  std::optional<Ints> items(std::move(stream));
  spawn(
      rt, [](Borrowed<std::optional<Ints>> s) -> Task<int> { co_return *co_await s.get()->next(); },
      tell_int("ret"), unsafe_borrow(items));
  rt.run();
  items.reset();
  EXPECT_FALSE(fwd.is_wanted());
  rt.run();
  EXPECT_EQ(told(), "ret!dropped");
}

TEST_F(StreamPipeTest, AStreamMovedWhileItIsAwaitedGoesOn) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  Ints items = std::move(stream);
  spawn(rt, read_one(unsafe_borrow(items)), tell_int("ret"));
  rt.run();
  const Ints elsewhere = std::move(items);
  fwd(4);
  rt.run();
  EXPECT_EQ(told(), "ret=4");
}

TEST_F(StreamPipeTest, AnAwaitThatIsStoredOutlivesItsStream) {
  Runtime rt;
  auto pipe = std::make_unique<StreamPipe<int>>(stream_pipe<int>(rt));
  spawn(rt, pipe->stream.next(), ret_do([](const Reply<std::optional<int>>& r) {
          if (r)
            say("got", r->value_or(-1));
          else
            say(to_string(r.error().why()));
        }));
  spawn(rt, pipe->stream.next(),
        ret_do([](const Reply<std::optional<int>>& r) { say(r ? "got" : "lost"); }));
  pipe->fwd(5);
  pipe.reset();
  rt.run();
  EXPECT_EQ(told(), "got5 lost");
}

TEST_F(StreamPipeTest, BothEndsOutliveTheRuntime) {
  std::optional<Ints> items;
  IntFwd keeps;
  {
    Runtime rt;
    auto [stream, fwd] = stream_pipe<int>(rt, fwd_do([] { say("more"); }));
    items.emplace(std::move(stream));
    keeps = std::move(fwd);
    keeps(1);
  }
  for (int i = 2; i < 30; ++i) keeps(i);
  ASSERT_TRUE(items->next().await_ready());
  EXPECT_EQ(items->next().await_resume(), 1);
  items.reset();
  keeps(3);
  EXPECT_FALSE(keeps.is_wanted());
}

TEST_F(StreamPipeTest, TheRuntimesEndDropsTheReader) {
  IntFwd keeps;
  {
    Runtime rt;
    auto [stream, fwd] = stream_pipe<int>(rt);
    keeps = std::move(fwd);
    spawn(rt, read_all(std::move(stream)), tell_int("ret"));
    rt.run();
  }
  EXPECT_EQ(told(), "~local ret!runtime ended");
  keeps(1);
  EXPECT_FALSE(keeps.is_wanted());
}

TEST_F(StreamPipeTest, TwoReadersAtOnceAreAMistake) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  Ints items = std::move(stream);
  spawn(rt, read_one(unsafe_borrow(items)), ret_nop);
  spawn(rt, read_one(unsafe_borrow(items)), ret_nop);
  EXPECT_DEATH(rt.run(), "a stream is read by two coroutines at once");
  (void)fwd;
}

// ---- coroutines of other libraries
struct Foreign {
  struct promise_type {
    Foreign get_return_object() {
      return Foreign(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { error = std::current_exception(); }
    std::exception_ptr error;
  };
  explicit Foreign(std::coroutine_handle<promise_type> h) : handle(h) {}
  Foreign(Foreign&& other) noexcept : handle(std::exchange(other.handle, nullptr)) {}
  ~Foreign() {
    if (handle) handle.destroy();
  }
  std::coroutine_handle<promise_type> handle;
};
Foreign read_foreign(Ints stream) {
  for (;;) {
    const auto item = co_await stream.next();
    if (!item) break;
    say("", *item);
  }
  say("end");
}

TEST_F(StreamPipeTest, AForeignCoroutineReads) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt, fwd_do([] { say("more"); }));
  fwd(1);
  const Foreign f = read_foreign(std::move(stream));
  EXPECT_EQ(told(), "1 more");
  fwd(2);
  fwd(3);
  EXPECT_EQ(told(), "") << "by an item of the queue";
  rt.run();
  EXPECT_EQ(told(), "2 3 more");
  fwd(std::nullopt);
  rt.run();
  EXPECT_EQ(told(), "end");
}

TEST_F(StreamPipeTest, AForeignCoroutineThatDiesTakesItsWakeBack) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  {
    const Foreign f = read_foreign(std::move(stream));
    fwd(2);
  }
  rt.run();
  EXPECT_EQ(told(), "");
  EXPECT_FALSE(fwd.is_wanted());
}

#if TROUPE_EXCEPTIONS
TEST_F(StreamPipeTest, ALossIsThrownInAForeignCoroutine) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  const Foreign f = read_foreign(std::move(stream));
  drop(std::move(fwd));
  rt.run();
  EXPECT_THROW(std::rethrow_exception(f.handle.promise().error), ActorFailed);
}
#endif

// ---- cost
TEST_F(StreamPipeTest, InSteadyStateNothingIsAllocated) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  spawn(
      rt,
      [](Ints s) -> Task<int> {
        int n = 0;
        for (;;) {
          const auto item = co_await s.next();
          if (!item) co_return n;
          ++n;
        }
      },
      tell_int("ret"), std::move(stream));
  const auto burst = [&](int n) {
    for (int i = 0; i < n; ++i) fwd(i);
    rt.run();
  };
  for (int i = 0; i < 4; ++i) burst(100), burst(1);
  const auto before = Allocations::made.load();
  for (int i = 0; i < 1000; ++i) burst(100), burst(1);
  EXPECT_EQ(Allocations::made.load(), before);
  fwd(std::nullopt);
  rt.run();
  EXPECT_EQ(told(), "ret=101404");
}

#if TROUPE_DEBUG
auto next_of_one_that_goes(Core& core) {
  auto [stream, fwd] = stream_pipe<int>(core);
  fwd(1);
  return stream.next();
}

TEST(StreamPipeDeathTest, AReadThatAFunctionReturnsMustNotOutliveItsStream) {
  const char* words =
      "an awaitable has outlived the object that it waits for .the next item of a stream.";
  Runtime rt;
  spawn(rt, [](Core& core) -> Task<> { (void)co_await next_of_one_that_goes(core); });
  EXPECT_DEATH(rt.run(), words);
  Runtime other;
  spawn(other, [](Core& core) -> Task<> {
    auto next = next_of_one_that_goes(core);
    (void)co_await std::move(next).reply();
  });
  EXPECT_DEATH(other.run(), words);
}
#endif

TEST_F(StreamPipeTest, AReadThatWasStoredOutlivesItsStream) {
  Runtime rt;
  std::string heard;
  spawn(
      rt,
      [](Core& core) -> Task<std::string> {
        auto pipe = std::make_unique<StreamPipe<int>>(stream_pipe<int>(core));
        pipe->fwd(1);
        auto stored = std::make_unique<decltype(pipe->stream.next())>(pipe->stream.next());
        pipe.reset();
        const auto item = co_await std::move(*stored).reply();
        co_return item && *item ? "item " + std::to_string(**item) : "none";
      },
      ret_do<std::string>(
          [](std::string* to, Reply<std::string> r) { *to = r ? *r : r.error().text(); },
          unsafe_borrow(&heard)));
  rt.run();
  EXPECT_EQ(heard, "item 1");
}

}  // namespace stream_pipe_test
}  // namespace troupe
