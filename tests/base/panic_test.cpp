// base/panic_test.cpp: one line, and the end.
#include <troupe/base/panic.hpp>

#include <gtest/gtest.h>

#include <csignal>

namespace troupe {
namespace panic_test {

TEST(Panic, SaysWhatAndWhereAndAborts) {
  EXPECT_EXIT(panic("a Ret was lost", "Light::query"), testing::KilledBySignal(SIGABRT),
              "^troupe: a Ret was lost \\(Light::query\\)\n");
  EXPECT_EXIT(panic("nothing more"), testing::KilledBySignal(SIGABRT), "^troupe: nothing more\n");
}

}  // namespace panic_test
}  // namespace troupe
