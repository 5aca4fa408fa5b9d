// task/strand_test.cpp: waking, and tasks that find no room in the queue.
#include <troupe/task/strand.hpp>

#include <gtest/gtest.h>

#include <coroutine>
#include <exception>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

namespace troupe {
namespace {

TEST(StrandTest, AWakeThatFindsNoRoomIsLateButNotLost) {
  Runtime rt;
  int done = 0;
  auto [ready, tell] = push_pipe<>(rt);
  spawn(
      rt,
      [](Value<> v, Borrowed<int*> count) -> Task<> {
        co_await v;
        ++*count.get();
      },
      ret_nop, std::move(ready), unsafe_borrow(&done));
  rt.run();
  rt.set_max_queued(1);  // nothing more once the first chunk is full
  int ran = 0;
  for (int i = 0; i < 100'000; ++i) defer(rt, [](int* count) { ++*count; }, unsafe_borrow(&ran));
  tell();
  rt.run();
  EXPECT_LT(ran, 100'000) << "the queue was full";
  EXPECT_EQ(done, 1);
}

TEST(StrandTest, CancelledWhileItsLateWakeWaits) {
  Runtime rt;
  auto [ready, tell] = push_pipe<>(rt);
  const TaskRef ref = spawn(rt, [](Value<> v) -> Task<> { co_await v; }, ret_nop, std::move(ready));
  rt.run();
  rt.set_max_queued(1);
  for (int i = 0; i < 100'000; ++i) defer(rt, [] {});
  tell();
  ref.cancel();
  rt.run();
  EXPECT_EQ(rt.live_tasks(), 0u);
}

}  // namespace
}  // namespace troupe
