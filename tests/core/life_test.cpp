// core/life_test.cpp: boxes: where the state and the id stand, and when a box is used again.
#include <troupe/core/life.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <troupe/core.hpp>

namespace troupe {
namespace life_test {

struct Small {
  std::uint64_t a = 1, b = 2;
};
struct alignas(16) Aligned {
  std::uint64_t a[2] = {};
  explicit Aligned(Cx<Aligned>&) { aligned = reinterpret_cast<std::uintptr_t>(this) % 16 == 0; }
  static inline bool aligned = false;
};

TEST(LifeTest, ABoxIsHeaderStateAndIds) {
  EXPECT_EQ(sizeof(CxBase), 32u);
  EXPECT_EQ(detail::box_size<Small>, 32u + 16u + detail::ids_size);
  EXPECT_EQ(detail::box_size<Aligned> % 16, 0u);
}

TEST(LifeTest, AStateOfAlignmentSixteenIsAligned) {
  Runtime rt;
  for (int i = 0; i < 3; ++i) {
    auto own = make_actor<Aligned>(rt, ret_nop);
    rt.run();
    EXPECT_TRUE(Aligned::aligned);
  }
}

TEST(LifeTest, ABoxIsUsedAgainOnlyBehindTheCallsThatNameIt) {
  Runtime rt;
  auto first = make_actor<Small>(rt, ret_nop);
  rt.run();
  const std::uint64_t id = first.id();
  const detail::Box* box = detail::box_of(first);
  first = {};
  auto second = make_actor<Small>(rt, ret_nop);  // the end of the first is still queued
  EXPECT_NE(detail::box_of(second), box);
  EXPECT_GT(second.id(), id);
  rt.run();
  auto third = make_actor<Small>(rt, ret_nop);
  EXPECT_EQ(detail::box_of(third), box) << "and then it is";
  EXPECT_GT(third.id(), second.id()) << "under a new number";
}

}  // namespace life_test
}  // namespace troupe
