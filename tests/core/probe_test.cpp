// core/probe_test.cpp: whoever watches sees each record once, in order, and changes nothing.
#include <troupe/core/probe.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace probe_test {

using troupe_test::say;
using troupe_test::told;

struct Counts : detail::Probe {
  Counts() noexcept
      : Probe{[](Probe& p, detail::RecordStep step) noexcept {
                auto& self = static_cast<Counts&>(p);
                EXPECT_FALSE(detail::CallQueue::is_jump(step));
                self.steps.push_back(step);
                ++self.inside;
              },
              [](Probe& p) noexcept { --static_cast<Counts&>(p).inside; }} {}
  std::vector<detail::RecordStep> steps;
  int inside = 0;
};

struct Worker {
  void work(int v) { say("", v); }
};

TEST(ProbeTest, SeesEachRecordOfAllQueuesOnce) {
  told();
  Counts counts;
  Runtime rt;
  auto own = make_actor<Worker>(rt, ret_nop);
  rt.run();
  EXPECT_TRUE(counts.steps.empty());
  detail::kernel_of(rt).probe = &counts;
  lazy<&Worker::work>(own, 2);
  idle<&Worker::work>(own, 4);
  call<&Worker::work>(own, 1);
  lazy<&Worker::work>(own, 3);
  rt.run();
  ASSERT_EQ(counts.steps.size(), 3u);
  EXPECT_EQ(counts.steps[1], counts.steps[2]);
  rt.run(rt.now(), true);
  EXPECT_EQ(counts.steps.size(), 4u);
  rt.run(rt.now(), RunLimit{.items = 1});
  EXPECT_EQ(told(), "1 2 3 4");
  for (int i = 0; i < 5000; ++i) defer(rt, [] {});
  rt.run(rt.now(), RunLimit{.items = 1000});
  rt.run();
  EXPECT_EQ(counts.steps.size(), 5004u) << "jumps between chunks are not shown";
  EXPECT_EQ(counts.inside, 0);
  detail::kernel_of(rt).probe = nullptr;
  call<&Worker::work>(own, 5);
  rt.run();
  EXPECT_EQ(counts.steps.size(), 5004u);
  EXPECT_EQ(rt.items_run(), 5006u) << "watched or not";
}

#if TROUPE_EXCEPTIONS
TEST(ProbeTest, SeesARecordThatThrowsToItsEnd) {
  Counts counts;
  Runtime rt;
  detail::kernel_of(rt).probe = &counts;
  defer(rt, [] { throw std::runtime_error("thrown"); });
  defer(rt, [] {});
  EXPECT_THROW(rt.run(), std::runtime_error);
  EXPECT_EQ(counts.inside, 0);
  rt.run();
  EXPECT_EQ(counts.steps.size(), 2u);
}
#endif

}  // namespace probe_test
}  // namespace troupe
