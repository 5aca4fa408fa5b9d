// task/hot_path_test.cpp: what async code costs in the steady state: frames of the pool, and no
// allocation.
//
// The operators that count are in group_test.cpp, for the whole program.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>
#include <vector>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace hot_path_test {

using namespace std::chrono_literals;
using troupe_test::Allocations;
using troupe_test::allocations_in_steady_state;

struct Counter {
  void get(int v, Ret<int> ret) { ret(v); }
  void later(Cx<Counter>& cx, int v, Ret<int> ret) {
    after<&Counter::get>(cx, 1ms, v, std::move(ret));
  }
  void keep(Ret<int> ret) { kept = std::move(ret); }
  void answer() { kept(1); }
  void forget(Ret<int>) {}
  int value() const { return 3; }
  Task<int> slowly(Cx<Counter>&, int v) {
    co_await sleep(1ms);
    co_return v;
  }
  Ret<int> kept = nullptr;
};

class TaskHotPath : public troupe_test::RecordedTest {
 protected:
  Runtime rt;
  ActorOwn<Counter> counter = make_actor<Counter>(rt, ret_nop);
};

Task<int> nothing() { co_return 1; }
Task<int> nested() {
  const int v = co_await nothing();
  co_return v + 1;
}
Step<int> step(const int& v) { co_return v; }

TEST_F(TaskHotPath, TheHookCounts) {
  static std::unique_ptr<int> some;  // of a local one an optimizer may see that nobody looks at it
  EXPECT_EQ(allocations_in_steady_state([] { some = std::make_unique<int>(1); }), 20);
  some = nullptr;
}

TEST_F(TaskHotPath, TasksDoNotAllocate) {
  EXPECT_EQ(allocations_in_steady_state([&] {
              for (int i = 0; i < 100; ++i) {
                spawn(rt, nothing);
                spawn(rt, nested, Ret<int>(ret_nop));
                spawn(rt, []() -> Task<int> { co_return co_await step(1) + co_await step(2); });
              }
              rt.run();
            }),
            0);
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(TaskHotPath, AsksDoNotAllocate) {
  const auto asks = [](Actor<Counter> to) -> Task<int> {
    int sum = 0;
    for (int i = 0; i < 10; ++i) {
      sum += co_await ask<&Counter::get>(to, 1);
      sum += co_await ask<&Counter::later>(to, 1);
      sum += co_await ask<&Counter::value>(to);
      sum += co_await ask<&Counter::slowly>(to, 1);
      const Reply<int> none = co_await ask<&Counter::forget>(to).reply();
      sum += none.value_or(100);
    }
    co_return sum;
  };
  static int sum;
  sum = 0;
  EXPECT_EQ(allocations_in_steady_state([&] {
              spawn(rt, asks, ret_some_do([](int v) { sum += v; }), counter.actor());
              run_virtual(rt);
            }),
            0);
  EXPECT_EQ(sum, 40 * 10 * 106);
}

TEST_F(TaskHotPath, AwaitsOfPipesDoNotAllocate) {
  const auto waits = [](Core& core) -> Task<int> {
    int sum = 0;
    for (int i = 0; i < 10; ++i) {
      auto [value, ret] = push_pipe<int>(core);
      defer(core, [](Ret<int> r) { r(1); }, std::move(ret));
      sum += co_await value;
      auto [there, tell] = push_pipe<int>(core);
      tell(1);
      sum += co_await there;
      sum += co_await pull_pipe<int>(Ret<Ret<int>>(ret_some_do([](Ret<int> r) { r(1); })));
      co_await sleep(1ms);
    }
    co_return sum;
  };
  static int sum;
  sum = 0;
  EXPECT_EQ(allocations_in_steady_state([&] {
              spawn(rt, waits, ret_some_do([](int v) { sum += v; }));
              run_virtual(rt);
            }),
            0);
  EXPECT_EQ(sum, 40 * 30);
}

Generator<int> numbers(int n) {
  for (int i = 0; i < n; ++i) co_yield 1;
}
template <Stream S> Task<int> sum_up(S items) {
  int sum = 0;
  for (;;) {
    const auto item = co_await items.next();
    if (!item) co_return sum;
    sum += *item;
  }
}
TEST_F(TaskHotPath, ItemsOfStreamsDoNotAllocate) {
  auto [stream, fwd] = stream_pipe<int>(rt);
  static int sum;
  sum = 0;
  spawn(rt, sum_up(std::move(stream)), ret_some_do([](int v) { sum += v; }));
  EXPECT_EQ(allocations_in_steady_state([&rt = rt, to = std::addressof(fwd)] {
              for (int i = 0; i < 10; ++i) {
                (*to)(1);  // the reader waits
                rt.run();
                for (int k = 0; k < 100; ++k) (*to)(1);
                rt.run();
              }
            }),
            0);
  fwd(std::nullopt);
  rt.run();
  EXPECT_EQ(sum, 40 * 10 * 101);
  sum = 0;
  EXPECT_EQ(
      allocations_in_steady_state([&] {
        spawn(
            rt,
            [](Core&) -> Task<int> {
              const auto keep = [](const int& v) { return v == 1; };
              co_return co_await sum_up(map(filter(numbers(100), keep), [](int v) { return v; }));
            },
            ret_some_do([](int v) { sum += v; }));
        rt.run();
      }),
      0);
  EXPECT_EQ(sum, 40 * 100);
}

// ---- cells
/// How many cells of the pool are taken while it lives: it takes some of each size, which lie side
/// by side once none is left that was given back, and looks at how far the next ones are.
class Cells {
 public:
  explicit Cells(Core& core) : core_(core) {
    for (int i = 0; i < 32; ++i)
      for (std::size_t k = 0; k < sizes; ++k) last_[k] = take(k);
  }
  Cells(const Cells&) = delete;
  ~Cells() {
    for (const auto& [cell, bytes] : held_) detail::Pool::give_back(cell, bytes);
  }
  std::size_t taken() {
    std::size_t n = 0;
    for (std::size_t k = 0; k < sizes; ++k) {
      char* next = take(k);
      n += static_cast<std::size_t>(next - last_[k]) / bytes_of(k) - 1;
      last_[k] = next;
    }
    return n;
  }

 private:
  static constexpr std::size_t smallest = 16,
                               sizes = (detail::Pool::fine - smallest) / detail::Pool::step + 1;
  static constexpr std::size_t bytes_of(std::size_t k) { return smallest + k * detail::Pool::step; }
  char* take(std::size_t k) {
    void* cell = detail::kernel_of(core_).pool.take(bytes_of(k));
    held_.emplace_back(cell, bytes_of(k));
    return static_cast<char*>(cell);
  }
  Core& core_;
  char* last_[sizes] = {};
  std::vector<std::pair<void*, std::size_t>> held_;
};

Task<int> waits(Value<int> value) { co_return co_await value; }
Task<int> waits_in_a_child(Value<int> value) { co_return co_await waits(std::move(value)); }
Task<int> asks_and_waits(Actor<Counter> to) { co_return co_await ask<&Counter::keep>(to); }

TEST_F(TaskHotPath, TheCellsAreCounted) {
  Cells cells(rt);
  EXPECT_EQ(cells.taken(), 0u);
  void* one = detail::kernel_of(rt).pool.take(100);
  void* two = detail::kernel_of(rt).pool.take(700);
  void* three = detail::kernel_of(rt).pool.take(700);
  EXPECT_EQ(cells.taken(), 3u);
  EXPECT_EQ(cells.taken(), 0u);
  detail::Pool::give_back(one, 100);
  detail::Pool::give_back(two, 700);
  detail::Pool::give_back(three, 700);
}

TEST_F(TaskHotPath, ASpawnedTaskIsOneCellAndNoHeapCall) {
  auto [value, ret] = push_pipe<int>(rt);
  auto [other, answer] = push_pipe<int>(rt);
  auto [third, never] = push_pipe<int>(rt);
  spawn(rt, nothing);
  rt.run();
  Cells cells(rt);
  const std::int64_t before = Allocations::made;
  const TaskRef ref = spawn(rt, waits, ret_nop, std::move(value));
  const std::int64_t with_nobody = Allocations::made;
  EXPECT_EQ(cells.taken(), 1u) << "the frame, with the strand in it";
  spawn(rt, waits, troupe_test::tell_int("end"), std::move(other));
  EXPECT_EQ(cells.taken(), 1u) << "its Ret lies in the frame, too";
  rt.run();
  EXPECT_EQ(cells.taken(), 0u) << "waiting takes none";
  EXPECT_EQ(with_nobody, before);
  spawn(rt, waits_in_a_child, ret_nop, std::move(third));
  rt.run();
  EXPECT_EQ(cells.taken(), 2u) << "a child is one more";
  ret(1);
  answer(2);
  never(3);
  rt.run();
  EXPECT_EQ(troupe_test::told(), "end=2");
  EXPECT_TRUE(ref.done());
}

TEST_F(TaskHotPath, AnAskThatWaitsIsOneCell) {
  const auto ask_and_answer = [this] {
    spawn(rt, asks_and_waits, ret_nop, counter.actor());
    rt.run();
    call<&Counter::answer>(counter);
    rt.run();
  };
  ask_and_answer();
  Cells cells(rt);
  spawn(rt, asks_and_waits, ret_nop, counter.actor());
  EXPECT_EQ(cells.taken(), 1u) << "the frame";
  const std::int64_t before = Allocations::made;
  rt.run();
  EXPECT_EQ(Allocations::made, before);
  EXPECT_EQ(cells.taken(), 1u) << "the node between the Ret and the task";
  call<&Counter::answer>(counter);
  rt.run();
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(TaskHotPath, APushPipeIsOneCell) {
  rt.run();
  Cells cells(rt);
  const std::int64_t before = Allocations::made;
  auto [value, ret] = push_pipe<int>(rt);
  EXPECT_EQ(Allocations::made, before);
  EXPECT_EQ(cells.taken(), 1u);
  ret(1);
  EXPECT_EQ(cells.taken(), 0u);
}

}  // namespace hot_path_test
}  // namespace troupe
