// task/std_stop_test.cpp: our stop tokens as the standard's.
#include <troupe/task/std_stop.hpp>

#include <gtest/gtest.h>

#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

#if defined(__cpp_lib_jthread)
#include <thread>

namespace troupe {
namespace std_stop_test {

using troupe_test::say;
using troupe_test::told;

struct StdStopTest : troupe_test::OneRuntimeTest {};

TEST_F(StdStopTest, ItFollowsOurs) {
  StopSource source;
  const StdStop stop(source.token());
  const std::stop_token token = stop.token();
  EXPECT_TRUE(token.stop_possible());
  const std::stop_callback says(token, [] { say("stopped"); });
  EXPECT_FALSE(token.stop_requested());
  source.request_stop();
  EXPECT_TRUE(token.stop_requested());
  EXPECT_EQ(told(), "stopped");
}

TEST_F(StdStopTest, AStopThatCameBeforeIsSeen) {
  StopSource source;
  source.request_stop();
  EXPECT_TRUE(StdStop(source.token()).token().stop_requested());
}

TEST_F(StdStopTest, OnceItHasGoneTheTokenFollowsNothing) {
  StopSource source;
  std::stop_token token;
  {
    const StdStop stop(source.token());
    token = stop.token();
  }
  source.request_stop();
  EXPECT_FALSE(token.stop_requested());
}

TEST_F(StdStopTest, OfATaskThatIsDropped) {
  static std::stop_token seen;
  const TaskRef task = spawn(rt, []() -> Task<> {
    const StdStop stop(co_await stop_token());
    seen = stop.token();
    co_await sleep(std::chrono::hours(1));
  });
  rt.run();
  EXPECT_FALSE(seen.stop_requested());
  task.cancel();
  EXPECT_TRUE(seen.stop_requested());
}

TEST_F(StdStopTest, AThreadSeesIt) {
  StopSource source;
  const StdStop stop(source.token());
  std::thread waits([token = stop.token()] {
    while (!token.stop_requested()) std::this_thread::yield();
  });
  source.request_stop();
  waits.join();
}

}  // namespace std_stop_test
}  // namespace troupe
#endif
