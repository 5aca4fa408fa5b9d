// core/hot_path_test.cpp: what the steady state costs: no allocation at all.
//
// This file also holds the allocation operators of the whole program.
#include "support/allocations_hook.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <troupe/core.hpp>

namespace troupe {
namespace hot_path_test {

using namespace std::chrono_literals;
using troupe_test::Allocations;
using troupe_test::allocations_in_steady_state;

struct Counter {
  explicit Counter(int start = 0) : sum(start) {}
  void add(int v) { sum += v; }
  void get(int v, Ret<int> ret) { ret(v); }
  void forget(Ret<int>) {}
  void got(int tag, Reply<int> v) { sum += tag + v.value_or(0); }
  void got_two(std::uint64_t a, std::uint64_t b, Reply<int> v) {
    sum += static_cast<int>(a + b) + v.value_or(0);
  }
  void got_large(std::uint64_t a, std::uint64_t b, std::uint64_t c, Reply<int> v) {
    sum += static_cast<int>(a + b + c) + v.value_or(0);
  }
  void some(int v) { sum += v; }
  void ask(Cx<Counter>& cx, const Actor<Counter>& other) {
    call<&Counter::get>(other, 1, ret_to<&Counter::got>(cx, 1));
    call<&Counter::get>(other, 1, ret_to<&Counter::got_two>(cx, 1, 2));
    call<&Counter::get>(other, 1, ret_to<&Counter::got_large>(cx, 1, 2, 3));
    call<&Counter::get>(other, 1, ret_some_to<&Counter::some>(cx));
    call<&Counter::forget>(other, ret_to<&Counter::got>(cx, 1));
    call<&Counter::get>(other, 1, ret_do<int>([](Reply<int>) {}));
  }
  void ask_in_time(Cx<Counter>& cx, const Actor<Counter>& other) {
    call<&Counter::get>(other, 1, ret_to<&Counter::got>(cx, 1).with_timeout(cx, 1s));
  }
  void make(Cx<Counter>& cx) {
    for (int i = 0; i < 50; ++i) {
      auto child =
          make_actor<Counter>(cx, i % 2 ? Ret<StopCause>(ret_nop) : ret_to<&Counter::ended>(cx), i);
      call<&Counter::add>(child, 1);
    }
  }
  void ended(Reply<StopCause>) { ++sum; }
  int sum = 0;
};

class HotPath : public ::testing::Test {
 protected:
  Runtime rt;
  ActorOwn<Counter> one = make_actor<Counter>(rt, ret_nop), two = make_actor<Counter>(rt, ret_nop);
};

TEST_F(HotPath, TheHookCounts) {
  const std::int64_t made = Allocations::made, live = Allocations::live;
  auto some = std::make_unique<int>(1);
  EXPECT_EQ(Allocations::made, made + 1);
  some.reset();
  EXPECT_EQ(Allocations::live, live);
}

TEST_F(HotPath, CallsDoNotAllocate) {
  EXPECT_EQ(allocations_in_steady_state([&] {
              for (int i = 0; i < 1000; ++i) call<&Counter::add>(one, 1);
              for (int i = 0; i < 100; ++i) call(two, [](Counter& c, int v) { c.add(v); }, i);
              rt.run();
            }),
            0);
  EXPECT_EQ(query<&Counter::get>(rt, one, 0, Ret<int>(ret_nop)), true);
}

TEST_F(HotPath, LazyAndIdleCallsDoNotAllocate) {
  EXPECT_EQ(allocations_in_steady_state([&] {
              for (int i = 0; i < 100; ++i) lazy<&Counter::add>(one, 1);
              for (int i = 0; i < 5; ++i) idle<&Counter::add>(one, 1);
              for (int i = 0; i < 5; ++i) rt.run(rt.now(), true);
            }),
            0);
}

TEST_F(HotPath, DeferredFunctionsDoNotAllocate) {
  EXPECT_EQ(allocations_in_steady_state([&] {
              for (int i = 0; i < 100; ++i) defer(rt, [](Core&, int) {}, i);
              rt.run();
            }),
            0);
}

TEST_F(HotPath, RoundTripsOfRetsDoNotAllocate) {
  EXPECT_EQ(allocations_in_steady_state([&] {
              for (int i = 0; i < 100; ++i) call<&Counter::ask>(one, two.actor());
              rt.run();
            }),
            0);
}

TEST_F(HotPath, RetsWithATimeLimitDoNotAllocate) {
  EXPECT_EQ(allocations_in_steady_state([&] {
              for (int i = 0; i < 100; ++i) call<&Counter::ask_in_time>(one, two.actor());
              rt.run(rt.now() + 1ms);
            }),
            0);
}

TEST_F(HotPath, ForwardsDoNotAllocate) {
  FwdSet<int> set;
  set.add(fwd_to<&Counter::add>(one));
  set.add(fwd_do([](int) {}));
  EXPECT_EQ(allocations_in_steady_state([&] {
              const Fwd<int> fwd = fwd_to<&Counter::add>(two);
              for (int i = 0; i < 100; ++i) {
                const Fwd<int> copy = fwd;
                copy(i);
                set(i);
              }
              rt.run();
            }),
            0);
}

TEST_F(HotPath, MakingAndEndingActorsDoesNotAllocate) {
  EXPECT_EQ(allocations_in_steady_state([&] {
              call<&Counter::make>(one);
              rt.run();
            }),
            0);
}

TEST_F(HotPath, TimersDoNotAllocate) {
  MaxTimerKey max;
  MinTimerKey min;
  EXPECT_EQ(allocations_in_steady_state([&] {
              for (int i = 0; i < 100; ++i) {
                after<&Counter::add>(one, 1ms * (i % 7), 1);
                timer_max<&Counter::add>(max, two, rt.now() + 3ms, 1);
                timer_min<&Counter::add>(min, two, rt.now() + 3ms - 1us * i, 1);
              }
              rt.run(rt.now() + 10ms);
            }),
            0);
  EXPECT_EQ(rt.live_timers(), 0u);
}

TEST_F(HotPath, ABurstIsGivenBack) {
  rt.run();
  const std::int64_t before = Allocations::live;
  for (int i = 0; i < 200'000; ++i) call<&Counter::add>(one, 1);
  EXPECT_GT(Allocations::live, before + 40);
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 10; ++i) call<&Counter::add>(one, 1);
    rt.run();
  }
  EXPECT_LT(Allocations::live, before + 8) << "the chunks of the burst are gone";
}

}  // namespace hot_path_test
}  // namespace troupe
