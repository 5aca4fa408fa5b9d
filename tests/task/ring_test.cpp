// task/ring_test.cpp: rings of links, and the places of awaitables that were stored.
#include <troupe/task/ring.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace troupe {
namespace ring_test {

using detail::RingLink;
using detail::StoredPlace;

TEST(RingTest, LettingGoLeavesEachOfThemAlone) {
  RingLink ring, a, b;
  a.join(ring);
  b.join(ring);
  detail::let_go(ring);
  EXPECT_TRUE(ring.alone());
  EXPECT_TRUE(a.alone());
  EXPECT_TRUE(b.alone());
}

TEST(RingTest, APlaceIsKnownToItsObjectFromTheFirstMoveOn) {
  std::optional<RingLink> ring(std::in_place);
  const auto of_object = [&]() noexcept -> RingLink& { return *ring; };
  StoredPlace first, second, third;
  EXPECT_FALSE(first.object_has_gone());
  second.move_from(first, of_object);
  EXPECT_FALSE(ring->alone());
  third.move_from(second, of_object);
  EXPECT_FALSE(third.object_has_gone());
  detail::let_go(*ring);
  ring.reset();
  EXPECT_TRUE(third.object_has_gone());
  StoredPlace fourth;
  fourth.move_from(third, of_object);
  EXPECT_TRUE(fourth.object_has_gone());
}

TEST(RingTest, APlaceThatDiesLeavesTheRing) {
  RingLink ring;
  {
    StoredPlace first, second;
    second.move_from(first, [&]() noexcept -> RingLink& { return ring; });
    EXPECT_FALSE(ring.alone());
  }
  EXPECT_TRUE(ring.alone());
}

}  // namespace ring_test
}  // namespace troupe
