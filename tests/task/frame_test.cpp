// task/frame_test.cpp: where frames live: the pool of their runtime, and refs that keep the memory alone.
#include <troupe/task/frame.hpp>

#include <gtest/gtest.h>

#include <coroutine>
#include <exception>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

namespace troupe {
namespace {

TEST(FrameTest, AFrameIsOneCellOfThePool) {
  Runtime rt;
  spawn(rt, []() -> Task<> { co_return; });
  rt.run();
  const std::size_t bytes = rt.pool_bytes();
  for (int i = 0; i < 1000; ++i) {
    spawn(rt, []() -> Task<> { co_return; });
    rt.run();
  }
  EXPECT_EQ(rt.pool_bytes(), bytes) << "frames are reused";
}

TEST(FrameTest, ARefKeepsTheMemoryAndNotTheFrame) {
  Runtime rt;
  std::vector<TaskRef> refs;
  for (int i = 0; i < 100; ++i) refs.push_back(spawn(rt, []() -> Task<> { co_return; }));
  rt.run();
  for (const TaskRef& ref : refs) EXPECT_TRUE(ref.done());
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST(FrameTest, OutsideOfAnyRuntimeAFrameIsOfTheHeap) {
  auto task = []() -> Task<int> { co_return 1; }();
  Runtime rt;
  int got = 0;
  spawn(rt, std::move(task), ret_some_do([](int* to, int v) { *to = v; }, unsafe_borrow(&got)));
  rt.run();
  EXPECT_EQ(got, 1);
}

}  // namespace
}  // namespace troupe
