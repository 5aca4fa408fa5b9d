// core/stop_cause_test.cpp: the words of causes.
#include <troupe/core/stop_cause.hpp>

#include <gtest/gtest.h>

#include <string>

namespace troupe {
namespace stop_cause_test {

TEST(StopCauseTest, CausesHaveWordsAndKnowErrors) {
  EXPECT_EQ(to_string(StopCause::stopped), "Actor stopped");
  EXPECT_EQ(to_string(StopCause::failed), "Actor failed");
  EXPECT_EQ(to_string(StopCause::killed), "Actor was killed");
  EXPECT_EQ(to_string(StopCause::dropped), "Actor was dropped");
  EXPECT_EQ(to_string(StopCause::lost), "Lost connection to actor");
  EXPECT_TRUE(StopCause(StopCause::failed).has_error());
  EXPECT_TRUE(StopCause(StopCause::killed).has_error());
  EXPECT_FALSE(StopCause(StopCause::stopped).has_error());
  EXPECT_FALSE(StopCause(StopCause::dropped).has_error());
  EXPECT_FALSE(StopCause(StopCause::lost).has_error());
  EXPECT_EQ(StopCause(), StopCause::stopped);
  EXPECT_EQ(StopCause().parked(), 0u);
}

}  // namespace stop_cause_test
}  // namespace troupe
