// core/call_queue_test.cpp: the flat queue by itself: order over growth, exact space, reserved
// room, unrun records.
#include <troupe/core/call_queue.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <vector>

#include "support/allocations.hpp"
#include "support/queue_items.hpp"
#include "support/seed.hpp"

namespace troupe {
namespace call_queue_test {

using troupe_test::Allocations;
using troupe_test::Dice;
using troupe_test::FailAllocation;
using troupe_test::Item;
using troupe_test::push;
using troupe_test::push_reserved;
using troupe_test::pushes;
using troupe_test::some_core;
using Log = troupe_test::ItemLog;
using Push = troupe_test::PushItem;

class CallQueueTest : public ::testing::Test {
 protected:
  void SetUp() override { Log::clear(); }
  static std::vector<int> numbers(int from, int to) {
    std::vector<int> all;
    for (int i = from; i < to; ++i) all.push_back(i);
    return all;
  }
};

TEST_F(CallQueueTest, TakesNoMemoryUntilItIsUsed) {
  const auto before = Allocations::made.load();
  detail::CallQueue q;
  EXPECT_TRUE(q.empty());
  EXPECT_EQ(q.run(some_core(), 5), 5u);
  q.clear();
  q.trim();
  EXPECT_EQ(Allocations::made, before);
}

TEST_F(CallQueueTest, AChunkIsFilledToItsEnd) {
  detail::CallQueue q;
  constexpr std::size_t size = Item<0>::size;
  push<0>(q, 0);
  const auto before = Allocations::made.load();
  int pushed = 1;
  while (Allocations::made == before) push<0>(q, pushed++);
  const std::size_t used = static_cast<std::size_t>(pushed - 1) * size;
  EXPECT_GT(used + 80, detail::CallQueue::smallest_chunk) << "head and jump aside";
  EXPECT_LE(used, detail::CallQueue::smallest_chunk);
  q.run(some_core(), SIZE_MAX);
  EXPECT_EQ(Log::ran, numbers(0, pushed));
}

TEST_F(CallQueueTest, AllSizesAroundTheEdgeOfAChunk) {
  for (const Push big : pushes)
    for (int small = 0; small < 180; ++small) {
      detail::CallQueue q;
      Log::clear();
      for (int i = 0; i < small; ++i) push<0>(q, i);
      big(q, small);
      push<8>(q, small + 1);
      big(q, small + 2);
      q.run(some_core(), SIZE_MAX);
      ASSERT_EQ(Log::ran, numbers(0, small + 3)) << small;
      ASSERT_TRUE(q.empty());
    }
}

TEST_F(CallQueueTest, RandomPushesAndRunsKeepTheOrder) {
  SCOPED_TRACE(troupe_test::seed_text());
  Dice dice(troupe_test::seed());
  detail::CallQueue q;
  int pushed = 0;
  std::size_t ran = 0;
  for (int step = 0; step < 3000; ++step) {
    for (auto n = dice.below(60); n > 0; --n)
      pushes[dice.below(dice.below(4) ? 6 : 11)](q, pushed++);
    const std::size_t limit = dice.below(3) ? dice.below(80) : SIZE_MAX;
    q.run(some_core(), limit);
    if (dice.below(50) == 0) q.trim();
    for (; ran < Log::ran.size(); ++ran) ASSERT_EQ(Log::ran[ran], static_cast<int>(ran));
  }
  q.run(some_core(), SIZE_MAX);
  EXPECT_EQ(Log::ran.size(), static_cast<std::size_t>(pushed));
  EXPECT_TRUE(Log::died.empty());
}

TEST_F(CallQueueTest, UnrunRecordsDieOnceInOrder) {
  {
    detail::CallQueue q;
    for (int i = 0; i < 1000; ++i) pushes[i % 7](q, i);
    q.run(some_core(), 100);
  }
  const auto ran = static_cast<int>(Log::ran.size());
  EXPECT_LE(ran, 100);
  EXPECT_EQ(Log::ran, numbers(0, ran));
  EXPECT_EQ(Log::died, numbers(ran, 1000));
}

TEST_F(CallQueueTest, TheEndThatWasReadBeforeBoundsABatch) {
  detail::CallQueue q;
  for (int i = 0; i < 3; ++i) push<0>(q, i);
  std::byte* end = q.tail();
  for (int i = 3; i < 500; ++i) push<0>(q, i);
  EXPECT_EQ(q.run_until(some_core(), end, SIZE_MAX), SIZE_MAX - 3);
  EXPECT_TRUE(q.is_at(end));
  EXPECT_EQ(Log::ran, numbers(0, 3));
  q.run(some_core(), SIZE_MAX);
  EXPECT_EQ(Log::ran, numbers(0, 500));
}

TEST_F(CallQueueTest, SteadyUseAllocatesNothingAndABurstIsGivenBack) {
  detail::CallQueue q;
  for (int i = 0; i < 100'000; ++i) push<40>(q, i);
  q.run(some_core(), SIZE_MAX);
  const auto burst = Allocations::live.load();
  Log::clear();
  Log::ran.reserve(1'000'000);
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 10; ++i) push<40>(q, i);
    q.run(some_core(), SIZE_MAX);
  }
  EXPECT_LT(Allocations::live, burst - 10);
  const auto made = Allocations::made.load();
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 1000; ++i) push<40>(q, i);
    q.run(some_core(), SIZE_MAX);
    if (round == 10) Log::ran.clear();
  }
  EXPECT_LT(Allocations::made, made + 12) << "a new height of use, once";
}

TEST_F(CallQueueTest, RefusesWithoutMemoryAtItsBoundAndWhenClosed) {
  detail::CallQueue q;
  {
    FailAllocation none(0, true);
    EXPECT_FALSE(push<0>(q, 0));
    EXPECT_EQ(q.refusal(), Why::no_memory);
  }
  q.set_bound(10'000);
  int pushed = 0;
  while (push<40>(q, pushed)) ++pushed;
  EXPECT_EQ(q.refusal(), Why::overloaded);
  EXPECT_GT(pushed, 100);
  EXPECT_LT(pushed, 1000);
  q.run(some_core(), SIZE_MAX);
  EXPECT_TRUE(push<40>(q, pushed)) << "room again";
  q.close();
  EXPECT_FALSE(push<0>(q, 0));
  EXPECT_EQ(q.refusal(), Why::ended);
  q.clear();
  EXPECT_EQ(Log::died, std::vector<int>{pushed});
}

// A chunk that reserved room has opened beyond the bound counts once other records use it, too.
TEST_F(CallQueueTest, TheBoundHoldsBesideReservedRecordsForLong) {
  detail::CallQueue q;
  constexpr std::size_t bound = 16 * detail::CallQueue::smallest_chunk;
  constexpr int plain = 1, kept = 2;
  q.set_bound(bound);
  std::size_t waiting = 0, most = 0;  // bytes
  for (int round = 0; round < 2000; ++round) {
    while (push<0>(q, plain)) waiting += Item<0>::size;
    ASSERT_TRUE(q.reserve(troupe_test::reserved_size));
    ASSERT_TRUE(push_reserved(q, kept));
    waiting += troupe_test::reserved_size;
    most = std::max(most, waiting);
    Log::clear();
    q.run(some_core(), 60 + static_cast<std::size_t>(round) % 7);
    for (const int item : Log::ran)
      waiting -= item == plain ? Item<0>::size : troupe_test::reserved_size;
  }
  EXPECT_LT(most, bound + bound / 4);
}

// ---- reserved room: what was set aside is there, whatever else is pushed and although all memory
// is gone
TEST_F(CallQueueTest, ReservedRoomIsThereWhenAllMemoryIsGone) {
  SCOPED_TRACE(troupe_test::seed_text());
  Dice dice(troupe_test::seed());
  constexpr std::size_t size = Item<100>::size;
  static_assert(size <= detail::CallQueue::fail_room);
  for (int round = 0; round < 200; ++round) {
    Log::clear();
    Log::ran.reserve(100'000);
    detail::CallQueue q;
    int pushed = 0;
    std::size_t reserved = 0;
    for (int step = 0; step < 40; ++step) {
      FailAllocation none(
          dice.below(3) ? Allocations::never : static_cast<std::int64_t>(dice.below(3)), true);
      switch (dice.below(5)) {
        case 0:
          for (auto n = dice.below(100); n > 0; --n) reserved += q.reserve(size);
          break;
        case 1:
          for (auto n = dice.below(reserved + 1); n > 0; --n, --reserved)
            ASSERT_TRUE(push_reserved(q, pushed++)) << "round " << round << " step " << step;
          break;
        case 2:
          for (auto n = dice.below(reserved + 1); n > 0; --n, --reserved) q.unreserve(size);
          break;
        case 3:
          q.run(some_core(), dice.below(2) ? SIZE_MAX : dice.below(50));
          if (dice.below(4) == 0) q.trim();
          break;
        default:
          for (auto n = dice.below(200); n > 0; --n)
            if (pushes[dice.below(8)](q, pushed)) ++pushed;
      }
    }
    FailAllocation none(0, true);
    while (reserved-- > 0) ASSERT_TRUE(push_reserved(q, pushed++));
    q.run(some_core(), SIZE_MAX);
    none.stop();
    ASSERT_EQ(Log::ran, numbers(0, pushed));
    ASSERT_EQ(q.reserved(), 0u);
  }
}

}  // namespace call_queue_test
}  // namespace troupe
