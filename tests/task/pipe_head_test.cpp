// task/pipe_head_test.cpp: the memory of pipes: it comes with what is queued, and goes after a
// burst.
#include <troupe/task/pipe_head.hpp>

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/allocations.hpp"
#include "support/recorder.hpp"
#include "support/seed.hpp"

// An item that trims the runtime as it dies.
struct Trims {
  explicit Trims(troupe::Runtime& r) : rt(&r), number(std::make_unique<int>(1)) {}
  Trims(Trims&& other) noexcept
      : rt(std::exchange(other.rt, nullptr)), number(std::move(other.number)) {}
  ~Trims() {
    if (rt) rt->trim();
  }
  troupe::Runtime* rt;
  std::unique_ptr<int> number;
};
template <> inline constexpr bool troupe::storable<Trims> = true;

namespace troupe {
namespace pipe_head_test {

using troupe_test::Allocations;

using PipeHeadTest = troupe_test::BalancedTest;

struct Item {  // 256 bytes, and something to leak
  explicit Item(int n) : number(std::make_unique<int>(n)) {}
  std::unique_ptr<int> number;
  std::array<char, 248> rest{};
};
constexpr std::size_t small = 8 * sizeof(Item) > detail::PipeHead::kept_size
                                  ? 8 * sizeof(Item)
                                  : detail::PipeHead::kept_size;

// Counts up: reads what is sent, and expects the next number each time.
struct Reader {
  Task<> read(Cx<Reader>&) {
    for (;;) {
      const auto item = co_await stream->next();
      if (!item) co_return;
      EXPECT_EQ(*item->number, seen);
      ++seen;
    }
  }
  void hold(PipeStream<Item> s) { stream.emplace(std::move(s)); }
  std::size_t memory() const { return stream->memory(); }
  int count() const { return seen; }
  std::optional<PipeStream<Item>> stream;
  int seen = 0;
};
struct Pipe {
  explicit Pipe(Runtime& runtime) : rt(runtime), reader(make_actor<Reader>(runtime, ret_nop)) {
    auto made = stream_pipe<Item>(rt, fwd_nop, 1 << 20);
    fwd = std::move(made.fwd);
    call<&Reader::hold>(reader, std::move(made.stream));
    rt.run();
  }
  void start() { call<&Reader::read>(reader), rt.run(); }
  void send(int n) {
    for (; n != 0; --n) fwd(Item(sent++));
  }
  std::size_t memory() { return *query<&Reader::memory>(rt, reader); }
  int seen() { return *query<&Reader::count>(rt, reader); }
  Runtime& rt;
  Fwd<std::optional<Item>> fwd;
  ActorOwn<Reader> reader;
  int sent = 0;
};

TEST_F(PipeHeadTest, ABurstIsGivenBackBySmallerOnesThatFollow) {
  for (const bool waits : {true, false}) {  // does its reader find it empty each time?
    Runtime rt;
    Pipe pipe(rt);
    pipe.start();
    pipe.send(20'000);
    rt.run();
    EXPECT_GE(pipe.memory(), 20'000 * sizeof(Item));
    for (int i = 0; i < 100; ++i) {
      pipe.send(waits ? 1 : 3);
      waits ? (void)rt.run() : (void)rt.run_one();
    }
    rt.run();
    EXPECT_LE(pipe.memory(), 2 * small);
    EXPECT_EQ(pipe.seen(), pipe.sent);
  }
}

TEST_F(PipeHeadTest, BurstsThatComeAgainAndAgainKeepTheirMemory) {
  Runtime rt;
  Pipe pipe(rt);
  pipe.start();
  const auto burst = [&] {
    pipe.send(200);
    rt.run();
    pipe.send(1);
    rt.run();
  };
  for (int i = 0; i < 4; ++i) burst();
  const std::size_t kept = pipe.memory();
  EXPECT_GE(kept, 200 * sizeof(Item));
  for (int i = 0; i < 100; ++i) {
    burst();
    ASSERT_EQ(pipe.memory(), kept);
  }
}

TEST_F(PipeHeadTest, TrimReachesAPipeThatNobodyUses) {
  Runtime rt;
  Pipe pipe(rt);
  pipe.start();
  for (int round = 0; round < 3; ++round) {
    pipe.send(5000);
    rt.run();
    EXPECT_GE(pipe.memory(), 5000 * sizeof(Item));
    rt.trim();
    EXPECT_EQ(pipe.memory(), 0u);
    pipe.send(3);
    rt.run();
    EXPECT_EQ(pipe.seen(), pipe.sent);
  }
}

TEST_F(PipeHeadTest, TrimFitsMemoryToWhatIsQueued) {
  Runtime rt;
  Pipe pipe(rt);
  pipe.send(5000);
  pipe.start();
  pipe.send(10);
  pipe.rt.trim();
  EXPECT_LE(pipe.memory(), 2 * small);
  rt.run();
  EXPECT_EQ(pipe.seen(), 5010);
}

TEST_F(PipeHeadTest, TrimAfterTheReaderOrTheRuntimeHasGoneIsHarmless) {
  auto rt = std::make_unique<Runtime>();
  Fwd<std::optional<Item>> outlives;
  {
    Pipe pipe(*rt);
    pipe.send(5000);
    outlives = pipe.fwd;
  }
  rt->run();
  rt->trim();
  outlives(Item(1));
  auto made = stream_pipe<Item>(*rt, fwd_nop, 1 << 20);
  for (int i = 0; i < 1000; ++i) made.fwd(Item(i));
  rt.reset();
}

TEST_F(PipeHeadTest, TrimFromInsideTheEndOfAnItemIsHarmless) {
  Runtime rt;
  auto made = std::make_unique<StreamPipe<Trims>>(stream_pipe<Trims>(rt, fwd_nop, 1 << 20));
  for (int i = 0; i < 2000; ++i) made->fwd(Trims(rt));
  made.reset();
  auto [stream, fwd] = stream_pipe<Trims>(rt, fwd_nop, 1000, WhenFull::drop_oldest);
  for (int i = 0; i < 3000; ++i) fwd(Trims(rt));
  EXPECT_EQ(stream.dropped(), 2000u);
}

TEST_F(PipeHeadTest, WhateverIsGivenBackItemsStayInOrder) {
  SCOPED_TRACE(troupe_test::seed_text());
  troupe_test::Dice dice(troupe_test::seed());
  for (int round = 0; round < 100; ++round) {
    Runtime rt;
    auto [stream, fwd] = stream_pipe<Item>(rt, fwd_nop, 1 + dice.below(400), WhenFull::drop_newest);
    std::deque<int> model;
    int next = 0;
    for (int step = 0; step < 100; ++step) {
      for (auto n = dice.below(dice.below(10) ? 5 : 200); n != 0; --n) {
        const std::uint64_t dropped = stream.dropped();
        fwd(Item(next));
        if (stream.dropped() == dropped) model.push_back(next);
        ++next;
      }
      if (dice.below(4) == 0) rt.trim();
      for (auto n = dice.below(dice.below(10) ? 5 : 300); n != 0 && !model.empty(); --n) {
        auto await = stream.next();
        ASSERT_TRUE(await.await_ready());
        ASSERT_EQ(*await.await_resume()->number, model.front());
        model.pop_front();
      }
      if (dice.below(4) == 0) rt.trim();
      ASSERT_EQ(stream.next().await_ready(), !model.empty());
    }
  }
}

}  // namespace pipe_head_test
}  // namespace troupe
