// task/strand_test.cpp: waking, and tasks that find no room in the queue.
#include <troupe/task/strand.hpp>

#include <gtest/gtest.h>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

namespace troupe {
namespace strand_test {

// What a task costs that waits for an answer: its strand, and the node between it and the Ret.
static_assert(sizeof(detail::Strand) <= 13 * sizeof(void*));
static_assert(sizeof(detail::ReplyNode<std::uint64_t>) == 16);
static_assert(sizeof(detail::NodeAwait<Mode::drop, std::uint64_t>) == sizeof(void*));

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

TEST(StrandTest, ALateTaskThatIsCancelledLeavesTheOthersLate) {
  for (std::size_t victim = 0; victim < 3; ++victim) {
    Runtime rt;
    std::vector<TaskRef> tasks;
    std::vector<Ret<>> tell;
    int done = 0;
    for (int i = 0; i < 3; ++i) {
      auto [ready, ret] = push_pipe<>(rt);
      tell.push_back(std::move(ret));
      tasks.push_back(spawn(
          rt,
          [](Value<> v, Borrowed<int*> count) -> Task<> {
            co_await v;
            ++*count.get();
          },
          ret_nop, std::move(ready), unsafe_borrow(&done)));
    }
    rt.run();
    rt.set_max_queued(1);
    for (int i = 0; i < 100'000; ++i) defer(rt, [] {});
    for (Ret<>& ret : tell) ret();
    tasks[victim].cancel();
    EXPECT_TRUE(tasks[victim].done());
    rt.run();
    EXPECT_EQ(done, 2) << victim;
    EXPECT_EQ(rt.live_tasks(), 0u);
  }
}

TEST(StrandTest, TasksThatAreLateCountAgainstALimitAndStopThere) {
  Runtime rt;
  Event event;
  int done = 0;
  for (int i = 0; i < 100; ++i)
    spawn(
        rt,
        [](Borrowed<Event> e, Borrowed<int*> count) -> Task<> {
          co_await e.get().wait();
          ++*count.get();
        },
        ret_nop, unsafe_borrow(event), unsafe_borrow(&done));
  rt.run();
  rt.set_max_queued(1);
  for (int i = 0; i < 100'000; ++i) defer(rt, [] {});
  event.set();
  while (!detail::kernel_here(rt).main.empty()) rt.run_one();
  EXPECT_EQ(done, 0);
  EXPECT_EQ(rt.next_wait(rt.now()), Duration::zero()) << "there is work";
  for (int left = 100; left > 0; left -= 10) {
    const auto before = rt.items_run();
    EXPECT_EQ(rt.run(rt.now(), RunLimit{.items = 10}).work, left > 10);
    EXPECT_EQ(rt.items_run() - before, 10u);
    EXPECT_EQ(done, 110 - left);
  }
  EXPECT_EQ(rt.live_tasks(), 0u);
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

// A full queue, a value that has come all the same, and a limit of time that is reached before the
// task runs.
TEST(StrandTest, AValueWhoseWakeIsLateStillWinsOverALimit) {
  Runtime rt;
  using namespace std::chrono_literals;
  int got = 0;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> v, Borrowed<int*> to) -> Task<> {
        const Reply<int> in_time = co_await timeout(1ms, std::move(v)).reply();
        *to.get() = in_time.value_or(-1);
        co_await sleep(1s);  // a wake that was left over would end this at once
        *to.get() += 1;
      },
      ret_nop, std::move(value), unsafe_borrow(&got));
  rt.run();
  rt.set_max_queued(1);
  after(rt, 1ms, [] {});
  for (int i = 0; i < 100'000; ++i) defer(rt, [] {});
  ret(7);
  rt.run(rt.now() + 2ms);
  EXPECT_EQ(got, 7);
  rt.run(rt.now() + 500ms);
  EXPECT_EQ(got, 7);
  rt.run(rt.now() + 600ms);
  EXPECT_EQ(got, 8);
}

#if TROUPE_EXCEPTIONS
// Late tasks run one after the other, each in a turn of its own.
TEST(StrandTest, ALateTaskThatThrowsIsNoReasonForWhatAnotherDropped) {
  Runtime rt;
  Event event;
  std::vector<Why> heard;
  const auto tell = [&] {
    return ret_do(
        [](std::vector<Why>* all, const Reply<int>& r) { all->push_back(r.error().why()); },
        unsafe_borrow(&heard));
  };
  for (const bool throws_on : {true, false})  // the latest runs first
    spawn(
        rt,
        [](Borrowed<Event> e, Ret<int> ret, bool on) -> Task<> {
          co_await e.get().wait();
          try {
            const Ret<int> dies = std::move(ret);
            throw std::runtime_error("in");
          } catch (const std::exception&) {
            if (on) throw;
          }
        },
        ret_do([](const Reply<>&) {}), unsafe_borrow(event), tell(), throws_on);
  rt.run();
  rt.set_max_queued(1);
  for (int i = 0; i < 100'000; ++i) defer(rt, [] {});
  event.set();
  while (!detail::kernel_here(rt).main.empty()) rt.run_one();
  EXPECT_TRUE(heard.empty());
  rt.run();
  EXPECT_EQ(heard, (std::vector{Why::failed, Why::dropped}));
}
#endif

#if TROUPE_GCC_12 && !TROUPE_ASAN && !defined(__OPTIMIZE__)
Task<bool> yes() {
  co_await sleep(std::chrono::milliseconds(1));
  co_return true;
}
#define AWAITED co_await  // hides it from those who look for this very mistake
Task<int> without_a_local() {
  if (AWAITED yes()) co_return 2;
  co_return 3;
}
#undef AWAITED

TEST(StrandDeathTest, ACoroutineThatGcc12MiscompiledEndsTheProcessInsteadOfWaitingForEver) {
  EXPECT_DEATH(
      {
        Runtime rt;
        spawn(rt, without_a_local, ret_nop);
        run_virtual(rt);
      },
      "resumed, neither done nor awaiting: GCC 12 miscompiles .* and troupe-coroutine-lint the "
      "lines.*without_a_local.*strand_test.cpp");
}
#endif

}  // namespace strand_test
}  // namespace troupe
