// core/pool_test.cpp: cells by size, blocks that name their runtime, trimming, and what outlives
// the runtime.
#include <troupe/core/pool.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>
#include <troupe/core.hpp>
#include <vector>

#include "support/allocations.hpp"
#include "support/seed.hpp"

namespace troupe {
namespace pool_test {

using troupe_test::Allocations;
using troupe_test::Dice;

TEST(PoolTest, EverySizeHasAClassThatFits) {
  for (std::size_t bytes = 1; bytes <= detail::Pool::largest; bytes += bytes < 2000 ? 1 : 997) {
    const unsigned k = detail::Pool::class_of(bytes);
    ASSERT_LT(k, detail::Pool::classes);
    ASSERT_GE(detail::Pool::size_of(k), bytes);
    ASSERT_LE(detail::Pool::size_of(k), bytes < 16 ? 16
                                        : bytes <= detail::Pool::fine
                                            ? bytes + detail::Pool::step - 1
                                            : bytes * 2);
    if (k > 2) {
      ASSERT_LT(detail::Pool::size_of(k - 1), bytes);
    }
  }
  EXPECT_EQ(detail::Pool::size_of(detail::Pool::class_of(detail::Pool::largest)),
            detail::Pool::largest);
}

TEST(PoolTest, CellsOfAllSizesAreTheirOwnAndNameTheirRuntime) {
  SCOPED_TRACE(troupe_test::seed_text());
  Dice dice(troupe_test::seed());
  Runtime rt;
  Core& core = rt;
  struct Cell {
    unsigned char* at;
    std::size_t bytes;
    unsigned char fill;
  };
  std::vector<Cell> live;
  const auto give = [&](std::size_t i) {
    for (std::size_t b = 0; b < live[i].bytes; ++b) ASSERT_EQ(live[i].at[b], live[i].fill);
    detail::Pool::give_back(live[i].at, live[i].bytes);
    live[i] = live.back();
    live.pop_back();
  };
  for (int step = 0; step < 4000; ++step) {
    if (live.empty() || dice.below(5) < 3) {
      const std::size_t most = dice.below(20) == 0  ? detail::Pool::largest * 2
                               : dice.below(4) == 0 ? 3000
                                                    : 200;
      const std::size_t bytes = 1 + dice.below(most);
      auto* at = static_cast<unsigned char*>(detail::kernel_of(core).pool.take(bytes));
      ASSERT_NE(at, nullptr);
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % 8, 0u);
      if (bytes % 16 == 0) {
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % 16, 0u);
      }
      if (bytes <= detail::Pool::largest) {
        ASSERT_EQ(detail::Block::of(at)->core, std::addressof(core));
      }
      const auto fill = static_cast<unsigned char>(dice.next());
      std::memset(at, fill, bytes);
      live.push_back({at, bytes, fill});
    } else {
      give(dice.below(live.size()));
    }
    if (dice.below(400) == 0) rt.trim();
  }
  while (!live.empty()) give(live.size() - 1);
}

TEST(PoolTest, TrimGivesBackWhatNobodyUses) {
  const auto before = Allocations::live.load();
  {
    Runtime rt;
    Core& core = rt;
    std::vector<void*> cells;
    for (int i = 0; i < 40'000; ++i) cells.push_back(detail::kernel_of(core).pool.take(200));
    const std::size_t height = rt.pool_bytes();
    EXPECT_GE(height, 8'000'000u);
    for (std::size_t i = 1; i < cells.size(); ++i) detail::Pool::give_back(cells[i], 200);
    rt.trim();
    EXPECT_LT(rt.pool_bytes(), height);
    EXPECT_GT(rt.pool_bytes(), 0u);
    std::memset(cells[0], 1, 200);
    const std::size_t trimmed = rt.pool_bytes();
    std::vector<void*> again;
    for (int i = 0; i < 100; ++i) again.push_back(detail::kernel_of(core).pool.take(200));
    EXPECT_EQ(rt.pool_bytes(), trimmed);
    for (void* p : again) detail::Pool::give_back(p, 200);
    detail::Pool::give_back(cells[0], 200);
    rt.trim();
    EXPECT_EQ(rt.pool_bytes(), 0u) << "also of the region that was being carved";
    rt.trim();
    detail::Pool::give_back(detail::kernel_of(core).pool.take(200), 200);
  }
  EXPECT_EQ(Allocations::live, before);
}

TEST(PoolTest, BlocksWithLiveCellsOutliveTheRuntime) {
  std::vector<void*> cells;
  cells.reserve(5000);
  const auto before = Allocations::live.load();
  {
    Runtime rt;
    for (int i = 0; i < 5000; ++i) cells.push_back(detail::kernel_of(rt).pool.take(100));
    for (int i = 0; i < 2500; ++i) {
      detail::Pool::give_back(cells.back(), 100);
      cells.pop_back();
    }
  }
  EXPECT_GT(Allocations::live, before);
  for (void* p : cells) {
    std::memset(p, 7, 100);
    detail::Pool::give_back(p, 100);
  }
  EXPECT_EQ(Allocations::live, before) << "the last cell takes the core along";
}

TEST(PoolTest, FreeCellsArePoisonedUnderAddressSanitizer) {
#if TROUPE_ASAN
  Runtime rt;
  auto* p = static_cast<char*>(detail::kernel_of(rt).pool.take(64));
  detail::Pool::give_back(p, 64);
  EXPECT_TRUE(__asan_address_is_poisoned(p + 16));
  EXPECT_TRUE(__asan_address_is_poisoned(p + 63));
  EXPECT_EQ(detail::kernel_of(rt).pool.take(64), p);
  EXPECT_FALSE(__asan_address_is_poisoned(p + 63));
  detail::Pool::give_back(p, 64);
#else
  GTEST_SKIP() << "only with AddressSanitizer";
#endif
}

}  // namespace pool_test
}  // namespace troupe
