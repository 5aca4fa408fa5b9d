// thread/job_stop_test.cpp: a job hears that it may stop.
#include <troupe/thread/job_stop.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <troupe/core.hpp>
#include <troupe/thread/offload.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace job_stop_test {

using namespace std::chrono_literals;
using troupe_test::tell_int;
using troupe_test::told;

using JobStopTest = troupe_test::OneRuntimeTest;

TEST_F(JobStopTest, AStopOutlivesItsJob) {
  Pool pool({.threads = 1});
  std::optional<JobStop> kept;
  const auto keep = [](const JobStop& stop, std::optional<JobStop>& to) { to = stop; };
  const JobRef job = offload(rt, pool, keep, ret_nop, unsafe_borrow(kept));
  run_virtual(rt);
  EXPECT_FALSE(kept->stop_requested());
  EXPECT_TRUE(kept->stop_possible());
  EXPECT_FALSE(JobStop().stop_possible());
  EXPECT_FALSE(JobStop().stop_requested());
  job.request_stop();
  EXPECT_TRUE(kept->stop_requested());
}

TEST_F(JobStopTest, AStopIsSeenFromTheBeginning) {
  const Pool pool = Pool::without_threads(10s);
  const auto look = [](const JobStop& stop) { return stop.stop_requested() ? 1 : 0; };
  const JobRef job = offload(rt, pool, look, tell_int("stopped"));
  offload(rt, pool, look, tell_int("stopped"));
  after(rt, 5s, [](const JobRef& j) { j.request_stop(); }, job);
  run_virtual(rt);
  EXPECT_EQ(told(), "stopped=1 stopped=0");
}

TEST_F(JobStopTest, AGenericFunctionIsGivenIt) {
  const Pool pool = Pool::without_threads();
  offload(rt, pool, [](auto... all) { return static_cast<int>(sizeof...(all)); }, tell_int("n"), 1);
  run_virtual(rt);
  EXPECT_EQ(told(), "n=2");
}

}  // namespace job_stop_test
}  // namespace troupe
