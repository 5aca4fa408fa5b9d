// io/io_error_test.cpp: errors as values: kinds, numbers, words.
#include <troupe/io/io_error.hpp>

#include <gtest/gtest.h>

#include <cerrno>

namespace troupe {
namespace io_error_test {

TEST(IoErrorTest, NumbersOfTheSystemBecomeKinds) {
  EXPECT_EQ(IoError::from_system(ECONNRESET), IoError::reset);
  EXPECT_EQ(IoError::from_system(EPIPE), IoError::reset);
  EXPECT_EQ(IoError::from_system(ECONNREFUSED), IoError::refused);
  EXPECT_EQ(IoError::from_system(EADDRINUSE), IoError::address_in_use);
  EXPECT_EQ(IoError::from_system(EMFILE), IoError::no_memory);
  EXPECT_EQ(IoError::from_system(EAGAIN), IoError::would_block);
  EXPECT_EQ(IoError::from_system(ETIMEDOUT), IoError::timed_out);
  EXPECT_EQ(IoError::from_system(EISDIR), IoError::other);
  EXPECT_EQ(IoError::from_system(EISDIR).system(), EISDIR);
}

TEST(IoErrorTest, TextNamesTheKindAndTheSystemsReason) {
  EXPECT_EQ(IoError(IoError::closed).text(), "connection closed");
  EXPECT_EQ(IoError::from_system(ECONNREFUSED).text(), "connection refused (Connection refused)");
  EXPECT_EQ(IoError::from_system(EISDIR).text(), "input or output error (Is a directory)");
}

TEST(IoErrorTest, IsAsSmallAsAWord) {
  EXPECT_EQ(sizeof(IoError), 8u);
  EXPECT_LE(sizeof(IoResult), 16u);
}

}  // namespace io_error_test
}  // namespace troupe
