// base/platform_test.cpp: the macros mean what this build says.
#include <troupe/base/platform.hpp>

#include <gtest/gtest.h>

#include <troupe/base/panic.hpp>

namespace troupe {
namespace platform_test {

TEST(Platform, DebugFollowsNdebug) {
#ifdef NDEBUG
  EXPECT_EQ(TROUPE_DEBUG, 0);
#else
  EXPECT_EQ(TROUPE_DEBUG, 1);
#endif
}

TEST(Platform, ExceptionsAreCaughtOrEndTheProcess) {
  int caught = 0;
#if TROUPE_EXCEPTIONS
  TROUPE_TRY { TROUPE_THROW(1); }
  TROUPE_CATCH_ALL { ++caught; }
  EXPECT_EQ(caught, 1);
  caught = 0;
#else
  EXPECT_DEATH(TROUPE_THROW(1), "an exception was needed in a build without exceptions");
#endif
  TROUPE_TRY {}
  TROUPE_CATCH_ALL { ++caught; }
  EXPECT_EQ(caught, 0);
}

TEST(Platform, PoisonedMemoryIsRefused) {
#if TROUPE_ASAN
  alignas(8) char room[64];
  TROUPE_POISON(room, sizeof(room));
  EXPECT_TRUE(__asan_address_is_poisoned(room + 32));
  TROUPE_UNPOISON(room, sizeof(room));
  EXPECT_FALSE(__asan_address_is_poisoned(room + 32));
#else
  GTEST_SKIP() << "only with AddressSanitizer";
#endif
}

}  // namespace platform_test
}  // namespace troupe
