// core/bound_test.cpp: bound arguments of a Ret: in its words or in a cell, destroyed exactly once.
#include <troupe/core/bound.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace bound_test {

using troupe_test::say;
using troupe_test::told;

TEST(BoundTest, WhatFitsIntoTheWords) {
  static_assert(detail::fits_words<> && detail::fits_words<int, int> &&
                detail::fits_words<std::uint64_t, std::uint64_t>);
  static_assert(!detail::fits_words<std::uint64_t, std::uint64_t, char>, "too large");
  static_assert(!detail::fits_words<std::string>, "may point into itself");
}

TEST(BoundTest, DestroyedOnceWhetherAnsweredOrDropped) {
  told();
  const auto held = std::make_shared<int>(5);
  {
    Runtime rt;
    std::string text = "a text too long for the words";
    auto answered = ret_do(
        [](std::shared_ptr<int> p, std::string t, Reply<int> r) { say(t, *p + (r ? *r : 100)); },
        held, std::move(text));
    auto dropped =
        ret_do([](std::shared_ptr<int> p, Reply<int> r) { say(r ? "yes" : "no", *p); }, held);
    EXPECT_EQ(held.use_count(), 3);
    answered(1);
  }
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(told(), "a text too long for the words6 no5");
}

}  // namespace bound_test
}  // namespace troupe
