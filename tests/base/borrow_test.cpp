// tests/base/borrow_test.cpp: what counts as a borrow that lives, and what is said of it.
#include <gtest/gtest.h>

#include <thread>
#include <troupe/base/borrow.hpp>

using troupe::detail::borrows_here;
using troupe::detail::BorrowState;
using troupe::detail::expect_no_borrow;

namespace borrow_test {

TEST(BorrowState, IsNoneWithoutReadersAndWriters) {
  BorrowState state;
  EXPECT_TRUE(state.none());
  state.readers = 1;
  EXPECT_FALSE(state.none());
  state = {.writers = 1, .readers = 0};
  EXPECT_FALSE(state.none());
}

TEST(BorrowState, IsOneAThread) {
  expect_no_borrow("here");
  ++borrows_here().readers;
  std::thread([] { expect_no_borrow("there"); }).join();
  --borrows_here().readers;
}

#if TROUPE_DEBUG
TEST(BorrowStateDeathTest, NamesTheBorrowAndThePlaceThatMustNotBeReached) {
  const auto at = std::source_location::current();
  EXPECT_DEATH(
      (borrows_here() = {.writers = 1, .readers = 0, .latest = at},
       expect_no_borrow("Runtime::run")),
      "while a Share is borrowed: a borrow of .*borrow_test.cpp:[0-9]+ lives .Runtime::run");
  EXPECT_DEATH((borrows_here() = {.writers = 0, .readers = 2, .latest = at}, expect_no_borrow(at)),
               "lives .*TestBody.*borrow_test.cpp:[0-9]+");
}
#endif

}  // namespace borrow_test
