// task/group_test.cpp: what every group keeps: nothing leaks and somebody hears, whichever
// allocation fails.
#include <troupe/task/group.hpp>

#include <gtest/gtest.h>

#include <new>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/task/race.hpp>
#include <troupe/task/scope.hpp>
#include <troupe/task/shield.hpp>
#include <troupe/task/timeout.hpp>

#include "support/allocations_hook.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace group_test {

using namespace std::chrono_literals;
using troupe_test::Allocations;
using troupe_test::FailAllocation;
using troupe_test::told;

using GroupTest = troupe_test::RecordedTest;

#if TROUPE_EXCEPTIONS
template <std::size_t N>
Task<int> large(int v) {  // frames of many sizes, so that each needs memory of its own
  char room[N];
  room[0] = static_cast<char>(v);
  co_await sleep(1s);
  co_return room[0];
}
Task<int> by_all(Core&) {
  const auto v = co_await all(large<100>(1), large<300>(2), sleep(1s), large<500>(3));
  co_return std::get<0>(v) + std::get<1>(v) + std::get<3>(v);
}
Task<int> by_vector(Core&) {
  std::vector<Task<int>> tasks;
  for (int n = 1; n < 4; ++n) tasks.push_back(large<100>(n));
  const std::vector<int> v = co_await all(std::move(tasks));
  co_return v[0] + v[1] + v[2];
}
Task<int> by_race(Core&) {
  auto v = co_await race(large<100>(6), large<300>(6), sleep(5s));
  co_return v.index() == 0 ? v.get<0>().value() : 6;
}
Task<int> by_scope(Core& core) {
  Scope scope(core);
  scope.spawn(large<100>(1));
  scope.spawn(large<300>(2));
  co_await scope.join();
  co_return 6;
}
Task<int> by_timeout(Core&) {
  const int v = co_await timeout(5s, large<100>(6));
  co_return v;
}
Task<int> by_shield(Core&) {
  const int v = co_await shield(large<100>(6));
  co_return v;
}

// Every allocation in turn fails, once and for good: the outcome is the value or a failure, and all
// is given back.
void sweep(Task<int> (*make)(Core&), bool all) {
  bool went_well = false;
  for (std::int64_t n = 0; n < 200 && !went_well; ++n) {
    const std::int64_t before = Allocations::live;
    {
      Runtime rt;
      std::string_view heard;
      bool began = false;
      {
        FailAllocation fail(n, all);
        try {
          spawn(rt, make,
                ret_do(
                    [](std::string_view* to, const Reply<int>& r) {
                      *to = !r ? to_string(r.error().why()) : *r == 6 ? "6" : "wrong";
                    },
                    unsafe_borrow(&heard)));
          began = true;
          run_virtual(rt);
        } catch (const std::bad_alloc&) {}
      }
      run_virtual(rt);
      EXPECT_EQ(rt.live_tasks(), 0u) << n;
      EXPECT_EQ(rt.live_timers(), 0u) << n;
      went_well = heard == "6";
      if (!went_well) {
        EXPECT_TRUE(!began || heard == "failed" || heard == "no memory") << n << ": " << heard;
      }
    }
    EXPECT_EQ(Allocations::live, before) << n;
  }
  EXPECT_TRUE(went_well);
  if (Ledger::enabled) {
    EXPECT_EQ(Ledger::here().live(), 0u);
  }
}

TEST_F(GroupTest, MemoryThatFailsOnceOrForGood) {
  for (auto make : {by_all, by_vector, by_race, by_scope, by_timeout, by_shield}) {
    sweep(make, false);
    sweep(make, true);
  }
}
#endif

TEST_F(GroupTest, NoAllocationInSteadyState) {
  Runtime rt;
  const auto round = [&rt] {
    spawn(rt, [](Core& core) -> Task<> {
      const auto child = [](int v) -> Task<int> {
        co_await sleep(1s);
        co_return v;
      };
      (void)co_await all(child(1), child(2));
      (void)co_await race(child(1), child(2));
      (void)co_await timeout(5s, sleep(1s));
      (void)co_await timeout(1s, sleep(5s)).reply();
      Scope scope(core);
      scope.spawn(child(3));
      co_await scope.join();
    });
    run_virtual(rt);
  };
  for (int i = 0; i < 20; ++i) round();
  const std::int64_t before = Allocations::made;
  for (int i = 0; i < 20; ++i) round();
  EXPECT_EQ(Allocations::made, before);
  EXPECT_EQ(rt.live_tasks(), 0u);
}

// Where the children come from and where their values go are the only vectors.
TEST_F(GroupTest, AVectorOfChildrenAllocatesThatOfItsValuesOnly) {
  static std::int64_t made;
  Runtime rt;
  const auto thousand = []() -> Task<> {
    std::vector<Task<int>> children;
    for (int n = 0; n < 1000; ++n)
      children.push_back([](int v) -> Task<int> {
        co_await sleep(1s);
        co_return v;
      }(n));
    const std::int64_t before = Allocations::made;
    const std::vector<int> values = co_await all(std::move(children));
    made = Allocations::made - before;
    EXPECT_EQ(values.size(), 1000u);
    EXPECT_EQ(values.back(), 999);
  };
  for (int i = 0; i < 5; ++i) {
    spawn(rt, thousand);
    run_virtual(rt);
  }
  EXPECT_EQ(made, 1);
}

}  // namespace group_test
}  // namespace troupe
