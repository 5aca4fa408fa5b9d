// task/waiter_test.cpp: the rings in which waiters stand.
#include <troupe/task/waiter.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace troupe {
namespace waiter_test {

using detail::Link;

TEST(WaiterTest, ALinkLeavesItsRingWhenItDies) {
  Link ring;
  EXPECT_TRUE(ring.alone());
  auto a = std::make_unique<Link>();
  auto b = std::make_unique<Link>();
  a->join(ring);
  b->join(ring);
  EXPECT_EQ(&ring.first(), a.get());
  a.reset();
  EXPECT_EQ(&ring.first(), b.get());
  b->unlink();
  EXPECT_TRUE(ring.alone());
  EXPECT_TRUE(b->alone());
}

TEST(WaiterTest, JoiningLeavesTheOtherRing) {
  Link one, two, a, b;
  a.join(one);
  b.join(one);
  a.join(two);
  EXPECT_EQ(&one.first(), &b);
  EXPECT_EQ(&two.first(), &a);
}

TEST(WaiterTest, OneTakesThePlaceOfAnother) {
  Link ring, a, b, c, instead;
  a.join(ring);
  b.join(ring);
  c.join(ring);
  instead.replace(b);
  EXPECT_TRUE(b.alone());
  a.unlink();
  EXPECT_EQ(&ring.first(), &instead);
  instead.unlink();
  EXPECT_EQ(&ring.first(), &c);
}

TEST(WaiterTest, ARingThatDiesFirstLeavesItsLinks) {
  Link a, b;
  {
    Link ring;
    a.join(ring);
    b.join(ring);
  }
  EXPECT_FALSE(a.alone());
  b.unlink();
  EXPECT_TRUE(a.alone());
}

}  // namespace waiter_test
}  // namespace troupe
