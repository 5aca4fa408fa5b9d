// core/kept_core_test.cpp: a core stays for those who outlive its runtime.
#include <troupe/core/kept_core.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <troupe/core.hpp>

namespace troupe {
namespace kept_core_test {

TEST(KeptCoreTest, TellsWhetherItsRuntimeStillRuns) {
  auto rt = std::make_unique<Runtime>();
  const detail::KeptCore core(rt->core());
  EXPECT_EQ(std::addressof(*core), std::addressof(rt->core()));
  EXPECT_TRUE(core.is_alive());
  bool ran = false;
  defer(*core, [](bool& to) { to = true; }, unsafe_borrow(ran));
  rt->run();
  EXPECT_TRUE(ran);
  rt.reset();
  EXPECT_FALSE(core.is_alive());
  defer(*core, [](bool& to) { to = false; }, unsafe_borrow(ran));
  EXPECT_TRUE(ran);
}

}  // namespace kept_core_test
}  // namespace troupe
