// task/cells_test.cpp: the chain of chunks under a queue: order, memory, and values whose ends use
// it.
#include <troupe/task/cells.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <troupe/core.hpp>

#include "support/allocations.hpp"
#include "support/recorder.hpp"
#include "support/seed.hpp"

namespace troupe {
namespace cells_test {

using troupe_test::Allocations;
using troupe_test::FailAllocation;
using troupe_test::say;
using troupe_test::told;

using CellsTest = troupe_test::RecordedTest;
using Numbers = detail::Cells<std::unique_ptr<int>>;

void add(Numbers& cells, int n) {
  ASSERT_TRUE(cells.make_room());
  cells.put(std::make_unique<int>(n));
}

TEST_F(CellsTest, AreALineWhateverIsGivenBack) {
  SCOPED_TRACE(troupe_test::seed_text());
  troupe_test::Dice dice(troupe_test::seed());
  for (int round = 0; round < 50; ++round) {
    Numbers cells(SIZE_MAX);
    std::deque<int> model;
    int next = 0;
    for (int step = 0; step < 200; ++step) {
      for (auto n = dice.below(dice.below(10) ? 20 : 2000); n != 0; --n) {
        add(cells, next);
        model.push_back(next++);
      }
      for (auto n = dice.below(dice.below(10) ? 20 : 3000); n != 0 && !model.empty(); --n) {
        ASSERT_EQ(*cells.front(), model.front());
        cells.drop_front();
        model.pop_front();
      }
      for (auto n = dice.below(dice.below(10) ? 3 : 300); n != 0; --n) {
        ASSERT_TRUE(cells.put_front(std::make_unique<int>(next)));
        model.push_front(next++);
      }
      if (dice.below(10) == 0) cells.trim();
      ASSERT_EQ(cells.count(), model.size());
    }
  }
}

TEST_F(CellsTest, MemoryFollowsWhatIsThere) {
  Numbers cells(1 << 20);
  const std::size_t first = cells.memory();
  EXPECT_LE(first, 1024u);
  for (int i = 0; i < 100'000; ++i) add(cells, i);
  EXPECT_GE(cells.memory(), 800'000u);
  for (int i = 0; i < 90'000; ++i) cells.drop_front();
  EXPECT_LE(cells.memory(), 10'000u * 8 + 3 * Numbers::largest_chunk);
  for (int i = 0; i < 10'000; ++i) cells.drop_front();
  EXPECT_LE(cells.memory(), 2 * Numbers::largest_chunk + 1024);
  for (int i = 0; i < 100; ++i) add(cells, i), cells.drop_front();
  EXPECT_LE(cells.memory(), 2 * first);
}

TEST_F(CellsTest, TrimGivesBackWhatIsEmpty) {
  Numbers cells(1 << 20);
  const std::size_t first = cells.memory();
  for (int i = 0; i < 100'000; ++i) add(cells, i);
  while (cells.count() != 0) cells.drop_front();
  cells.trim();
  EXPECT_EQ(cells.memory(), first);
  add(cells, 1);
  EXPECT_EQ(*cells.front(), 1);
}

TEST_F(CellsTest, InSteadyStateNothingIsAllocated) {
  Numbers cells(1 << 20);
  std::array<std::unique_ptr<int>, 1> none;
  const auto rounds = [&](int n, int burst) {
    for (int i = 0; i < n; ++i) {
      for (int k = 0; k < burst; ++k) {
        ASSERT_TRUE(cells.make_room());
        cells.put(std::move(none[0]));
      }
      while (cells.count() > static_cast<std::size_t>(i % 3)) cells.drop_front();
    }
  };
  for (const int burst : {1, 5, 100, 1000}) {
    rounds(20, burst);
    const auto before = Allocations::made.load();
    rounds(200, burst);
    EXPECT_EQ(Allocations::made.load(), before) << burst;
    rounds(3, 1);
  }
}

TEST_F(CellsTest, LargeValuesTakeOneChunkEach) {
  struct alignas(64) Large {
    std::array<char, 100'000> bytes{};
  };
  detail::Cells<Large> cells(10);
  EXPECT_LE(cells.memory(), sizeof(Large) + 128);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(cells.make_room());
    cells.put(Large{});
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&cells.front()) % 64, 0u);
  }
  while (cells.count() != 0) cells.drop_front();
  EXPECT_LE(cells.memory(), 2 * sizeof(Large) + 256);
}

TEST_F(CellsTest, WithoutMemoryThereIsRoomAsSoonAsItIsEmpty) {
  Numbers cells(1 << 20);
  int n = 0;
  {
    const FailAllocation none(0, true);
    while (n < 1000 && cells.make_room()) cells.put(std::unique_ptr<int>()), ++n;
    EXPECT_GT(n, 0);
    ASSERT_LT(n, 1000);
    cells.drop_front();
    EXPECT_FALSE(cells.make_room());
    while (cells.count() != 0) cells.drop_front();
    EXPECT_TRUE(cells.make_room());
  }
  add(cells, 1);
}

// A value whose end puts another one, and drops one.
struct Restless {
  explicit Restless(detail::Cells<Restless>* c, int n) : cells(c), left(n) {}
  Restless(Restless&& o) noexcept
      : cells(std::exchange(o.cells, nullptr)), left(o.left), text(std::move(o.text)) {}
  ~Restless() {
    if (!cells) return;
    say("", left);
    if (left == 0) return;
    for (int i = 0; i < 3; ++i)
      if (cells->make_room()) cells->put(Restless(cells, left - 1));
    cells->drop_front();
    if (text != "a text that is too long to be short") std::abort();
  }
  detail::Cells<Restless>* cells;
  int left;
  std::string text = "a text that is too long to be short";
};

TEST_F(CellsTest, TheEndOfAValueMayUseThem) {
  detail::Cells<Restless> cells(1000);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(cells.make_room());
    cells.put(Restless(&cells, i % 4));
  }
  while (cells.count() != 0) cells.drop_front();
  EXPECT_FALSE(told().empty());
}

}  // namespace cells_test
}  // namespace troupe
