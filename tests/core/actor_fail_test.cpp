// core/actor_fail_test.cpp: the words of failures.
#include <troupe/core/actor_fail.hpp>

#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>

namespace troupe {
namespace actor_fail_test {

TEST(ActorFailTest, ReasonsHaveWords) {
  EXPECT_EQ(to_string(Why::dropped), "dropped");
  EXPECT_EQ(to_string(Why::ended), "runtime ended");
  EXPECT_EQ(to_string(Why::no_memory), "out of memory");
  const ActorFail fail(Why::timed_out, Error("slow"));
  EXPECT_EQ(fail, ActorFail(Why::timed_out));
  EXPECT_NE(fail, ActorFail(Why::lost));
  EXPECT_EQ(fail.actor(), 0u);
  EXPECT_EQ(fail.actor_type(), "");
  EXPECT_STREQ(ActorFailed(ActorFail(Why::timed_out)).what(), "timed out");
  EXPECT_STREQ(ActorFailed(fail).what(), "slow");
  EXPECT_EQ(ActorFail(Why::lost).text(), "lost");
  EXPECT_EQ(fail.text(), "timed out: slow");
  EXPECT_EQ(StopCause(StopCause::failed, Error("x")).text(), "Actor failed: x");
  EXPECT_EQ(ActorFailed(fail).fail().error().text(), "slow");
}

}  // namespace actor_fail_test
}  // namespace troupe
