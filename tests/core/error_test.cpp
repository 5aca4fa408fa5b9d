// core/error_test.cpp: errors: texts, exceptions, and neither.
#include <troupe/core/error.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "support/allocations.hpp"

namespace troupe {
namespace error_test {

TEST(ErrorTest, AnErrorIsATextOrNothing) {
  const Error none;
  EXPECT_FALSE(static_cast<bool>(none));
  EXPECT_EQ(none.text(), "");
  EXPECT_EQ(none.exception(), nullptr);
  const Error text("broken");
  EXPECT_TRUE(static_cast<bool>(text));
  EXPECT_EQ(text.text(), "broken");
  EXPECT_EQ(text.exception(), nullptr);
  EXPECT_FALSE(static_cast<bool>(Error(std::exception_ptr())));
  Error copy = text;
  EXPECT_EQ(copy.text().data(), text.text().data()) << "shared";
  Error moved = std::move(copy);
  EXPECT_FALSE(static_cast<bool>(copy));
  moved = text;
  moved = std::as_const(moved);
  EXPECT_EQ(moved.text(), "broken");
  static_assert(sizeof(Error) == 8);
}

#if TROUPE_EXCEPTIONS
TEST(ErrorTest, AnErrorMayBeAnException) {
  const Error exception(std::make_exception_ptr(std::out_of_range("range")));
  EXPECT_EQ(exception.text(), "range");
  EXPECT_THROW(std::rethrow_exception(exception.exception()), std::out_of_range);
  EXPECT_EQ(Error(std::make_exception_ptr(1)).text(), "unknown exception");
  Error replaced("broken");
  replaced = exception;
  EXPECT_EQ(replaced.text(), "range");
}

TEST(ErrorTest, AnErrorWithoutMemorySaysSo) {
  troupe_test::FailAllocation fail(0, true);
  const Error error("a text that is long enough to need the heap by itself");
  const Error copy = error;
  fail.stop();
  EXPECT_EQ(copy.text(), "out of memory");
}
#endif

}  // namespace error_test
}  // namespace troupe
