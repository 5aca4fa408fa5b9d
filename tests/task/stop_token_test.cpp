// task/stop_token_test.cpp: tokens, sources and callbacks.
#include <troupe/task/stop_token.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace stop_token_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

struct StopTokenTest : troupe_test::RecordedTest {};

TEST_F(StopTokenTest, SourcesCallbacksAndTokens) {
  StopSource source;
  const StopToken token = source.token();
  {
    const StopCallback forgets(token, [] { say("never"); });
  }
  const StopCallback first(token, [](int n) { say("first", n); }, 1);
  const StopCallback second(token, [] { say("second"); });
  source.request_stop();
  EXPECT_EQ(told(), "second first1");
  const StopCallback late(token, [] { say("late"); });
  EXPECT_EQ(told(), "late") << "at once";
  EXPECT_TRUE(token.stop_requested());
  EXPECT_EQ(token, source.token());
}

}  // namespace stop_token_test
}  // namespace troupe
