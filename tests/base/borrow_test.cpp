// tests/base/borrow_test.cpp: what counts as a borrow that lives.
#include <gtest/gtest.h>

#include <troupe/base/borrow.hpp>

using troupe::detail::BorrowState;
using troupe::detail::expect_no_borrow;

namespace {

TEST(BorrowState, IsNoneWithoutReadersAndWriters) {
  BorrowState state;
  EXPECT_TRUE(state.none());
  expect_no_borrow(state, "here");
  state.readers = 1;
  EXPECT_FALSE(state.none());
  state = {.writers = 1, .readers = 0};
  EXPECT_FALSE(state.none());
}

TEST(BorrowStateDeathTest, NamesThePlaceThatMustNotBeReached) {
  EXPECT_DEATH(expect_no_borrow(BorrowState{.writers = 1, .readers = 0}, "Runtime::run"),
               "while a Share is borrowed .*Runtime::run");
  EXPECT_DEATH(expect_no_borrow(BorrowState{.writers = 0, .readers = 2}, "co_await"), "co_await");
}

}  // namespace
