// thread/remote_outside_test.cpp: threads that run no runtime of the ensemble call its actors; and
// handles that are made when a runtime has left.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <utility>
#include <vector>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace remote_outside_test {

using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

struct Echo {
  void add(int n) { say("", n); }
  void from(int thread, int n) {
    if (last.size() <= static_cast<std::size_t>(thread))
      last.resize(static_cast<std::size_t>(thread) + 1, -1);
    int& before = last[static_cast<std::size_t>(thread)];
    disorder += n <= before ? 1 : 0;
    before = n;
    ++calls;
  }
  void ask(int n, Ret<int> ret) { ret(n + 1); }
  void both(int n, Ret<int, std::string> ret) { ret(n, "two"); }
  void keep(Ret<int> ret) { kept.push_back(std::move(ret)); }
  void take(SendableRet<int> ret) { ret(9); }
  void hold(const std::shared_ptr<int>&) {}
  void text(const std::string& words) { say(words); }
  void feed(Fwd<int> to) { to(1); }
#if TROUPE_EXCEPTIONS
  void fails(Ret<int>) { throw std::runtime_error("no"); }
#endif
  std::vector<int> last;
  long calls = 0, disorder = 0;
  std::vector<Ret<int>> kept;
};

// On a thread that has no runtime, to its end.
template <class F> void outside(F f) { std::thread(std::move(f)).join(); }

class RemoteOutsideTest : public troupe_test::BalancedTest {
 protected:
  RemoteOutsideTest() {
    all_.seat(0, *rt_);
    rt_->set_logger(LogFilter(), nullptr);
    echo_ = make_actor<Echo>(*rt_, ret_nop);
    rt_->run();
    far_ = remote(echo_);
  }
  void end() {
    echo_ = {};
    rt_.reset();
  }
  Ensemble all_{2, {.lane_bound = 4096, .lane_chunk = 512, .publish = 128, .slice = 3}};
  std::optional<Runtime> rt_{std::in_place};
  ActorOwn<Echo> echo_;
  Remote<Echo> far_;
};

TEST_F(RemoteOutsideTest, CallsArriveInOrderAndWakeTheHost) {
  const auto rings = std::make_shared<std::atomic<int>>(0);
  rt_->set_poll_waker([rings] { ++*rings; });
  rt_->run();
  *rings = 0;
  outside([far = far_] {
    for (int n = 0; n != 30; ++n) call<&Echo::add>(far, n);
    call<&Echo::text>(far, std::string(1000, 'x'));
  });
  EXPECT_EQ(*rings, 1);
  EXPECT_EQ(rt_->next_wait(Instant{}), Duration::zero());
  rt_->run();
  std::string all;
  for (int n = 0; n != 30; ++n) all.append(std::to_string(n)).append(" ");
  EXPECT_EQ(told(), all.append(std::string(1000, 'x')));
}

TEST_F(RemoteOutsideTest, ACallArrivesThoughTheLastRemoteGoes) {
  outside([far = std::exchange(far_, {})] { call<&Echo::add>(far, 1); });
  rt_->run();
  rt_->run();
  EXPECT_EQ(told(), "1");
}

TEST_F(RemoteOutsideTest, ASendableRetIsAnsweredWhoeverHoldsIt) {
  auto ask = sendable(*rt_, tell_int("a"));
  auto two = sendable(*rt_, Ret<int, std::string>(ret_do([](Reply<int, std::string> r) {
    if (r) say(std::get<1>(*r), std::get<0>(*r));
  })));
  auto take = sendable(*rt_, tell_int("t"));
  auto keep = sendable(*rt_, tell_int("k"));
  outside([&, far = far_] {
    call<&Echo::ask>(far, 4, std::move(ask));
    call<&Echo::both>(far, 4, std::move(two));
    call<&Echo::take>(far, std::move(take));
    call<&Echo::keep>(far, std::move(keep));
    call<&Echo::ask>(far, 4, ret_nop);
  });
  rt_->run();
  rt_->run();
  EXPECT_EQ(told(), "a=5 two4 t=9");
  echo_ = {};
  rt_->run();
  rt_->run();
  EXPECT_EQ(told(), "k!dropped");
}

TEST_F(RemoteOutsideTest, ASendableRetGoesAlongFromARuntimeToo) {
  call<&Echo::ask>(echo_, 1, sendable(*rt_, tell_int("local")));
  call<&Echo::ask>(far_, 2, sendable(*rt_, tell_int("own")));
  rt_->run();
  rt_->run();
  EXPECT_EQ(told(), "local=2 own=3");
  Runtime other;
  all_.seat(1, other);
  call<&Echo::ask>(far_, 3, sendable(other.core(), tell_int("far")));
  rt_->run();
  other.run();
  EXPECT_EQ(told(), "far=4");
}

#if TROUPE_EXCEPTIONS
TEST_F(RemoteOutsideTest, AHandlerThatThrowsTellsItsFailure) {
  auto ret = sendable(*rt_, tell_int("r"));
  outside([&, far = far_] { call<&Echo::fails>(far, std::move(ret)); });
  rt_->run();
  rt_->run();
  EXPECT_EQ(told(), "r!failed");
}
#endif

TEST_F(RemoteOutsideTest, AnActorThatHasEndedIsLost) {
  echo_ = {};
  rt_->run();
  auto ret = sendable(*rt_, tell_int("r"));
  outside([&, far = far_] { call<&Echo::ask>(far, 1, std::move(ret)); });
  rt_->run();
  rt_->run();
  EXPECT_EQ(told(), "r!lost");
}

// ---- the bound
TEST_F(RemoteOutsideTest, BeyondTheBoundCallsAreRefusedCountedAndTold) {
  const auto warnings = std::make_shared<std::string>();
  rt_->set_logger(LogFilter::all({LogLevel::warn}),
                  [warnings](Core&, const LogRecord& r) { warnings->append(r.text).append("\n"); });
  std::uint64_t refused = 0;
  auto ret = sendable(*rt_, tell_int("r"));
  outside([&, far = far_] {
    for (int n = 0; n != 1000; ++n) call<&Echo::from>(far, 0, n);
    refused = refused_calls(far);
    call<&Echo::ask>(far, 1, std::move(ret));
  });
  EXPECT_GT(refused, 0u);
  for (int n = 0; n != 6; ++n) rt_->run();
  EXPECT_EQ(told(), "r!overloaded");
  EXPECT_EQ(warnings->find("are refused"), warnings->rfind("are refused"));
  EXPECT_NE(warnings->find("were refused"), std::string::npos) << *warnings;
  outside([far = far_] { call<&Echo::from>(far, 0, 1000); });
  rt_->run();
  std::uint64_t calls = 0;
  call(
      echo_, [](Echo& echo, std::uint64_t* n) { *n = static_cast<std::uint64_t>(echo.calls); },
      unsafe_borrow(&calls));
  rt_->run();
  EXPECT_EQ(calls + refused, 1001u);
}

// ---- ends
TEST_F(RemoteOutsideTest, WhereTheRuntimeHasEndedCallsAreDropped) {
  Runtime asks;
  auto ret = sendable(asks.core(), tell_int("r"));
  const auto held = std::make_shared<int>(1);
  end();
  outside([&, far = far_] {
    call<&Echo::hold>(far, held);
    call<&Echo::ask>(far, 1, std::move(ret));
  });
  EXPECT_EQ(held.use_count(), 1);
  asks.run();
  EXPECT_EQ(told(), "r!lost");
}

TEST_F(RemoteOutsideTest, WhatIsUnreadAtTheEndIsDestroyed) {
  Runtime asks;
  auto ret = sendable(asks.core(), tell_int("r"));
  const auto held = std::make_shared<int>(1);
  outside([&, far = far_] {
    for (int n = 0; n != 50; ++n) call<&Echo::hold>(far, held);
    call<&Echo::ask>(far, 1, std::move(ret));
  });
  end();
  EXPECT_EQ(held.use_count(), 1);
  asks.run();
  const std::string heard = told();
  EXPECT_TRUE(heard.starts_with("r!")) << heard;
}

// ---- what does not go
using RemoteOutsideDeathTest = RemoteOutsideTest;
TEST_F(RemoteOutsideDeathTest, ARetOfARuntimeWithoutASeatStays) {
  const auto goes = [this] {
    outside([far = far_] {
      Runtime rt;
      call<&Echo::ask>(far, 1, tell_int("r"));
    });
  };
  EXPECT_DEATH(goes(), "a Ret or Fwd went along .* sendable");
  const auto feeds = [this] {
    outside([far = far_] { call<&Echo::feed>(far, fwd_do([](int) {})); });
  };
  EXPECT_DEATH(feeds(), "a Ret or Fwd went along .* sendable");
}
struct Asks {
  static Task<> asks(Remote<Echo> far) {
    const int n = co_await ask<&Echo::ask>(far, 1);
    say("", n);
  }
};
TEST_F(RemoteOutsideDeathTest, AskNeedsARuntimeWithASeat) {
  const auto asks = [this] {
    outside([far = far_] {
      Runtime rt;
      spawn(rt, &Asks::asks, ret_nop, far);
      rt.run();
    });
  };
  EXPECT_DEATH(asks(), "give the runtime of this thread a seat");
}
struct CallsWhenItMoves {
  explicit CallsWhenItMoves(Remote<Echo> f) : far(std::move(f)) {}
  CallsWhenItMoves(CallsWhenItMoves&& other) noexcept : far(std::move(other.far)) {
    call<&Echo::add>(far, 1);
  }
  Remote<Echo> far;
};
struct Taker {
  void take(CallsWhenItMoves) {}
};
TEST_F(RemoteOutsideDeathTest, AMoveThatCallsIsRefused) {
  const auto taker = make_actor<Taker>(*rt_, ret_nop);
  rt_->run();
  const auto moves = [&] {
    outside([to = remote(taker), far = far_] { call<&Taker::take>(to, CallsWhenItMoves(far)); });
  };
  EXPECT_DEATH(moves(), "a value that is moved into a call");
}

// ---- several threads, and an end at any moment
TEST(RemoteOutsideStress, EachThreadsCallsArriveInOrder) {
  constexpr int threads = 3, calls = 3000;
  const Ensemble all(1);
  Runtime rt;
  all.seat(0, rt);
  const auto echo = make_actor<Echo>(rt, ret_nop);
  rt.run();
  std::vector<std::thread> callers;
  for (int i = 0; i != threads; ++i)
    callers.emplace_back([far = remote(echo), i] {
      for (int n = 0; n != calls; ++n) {
        call<&Echo::from>(far, i, n);
        if (n % 100 == 99) std::this_thread::yield();
      }
    });
  long came = 0, disorder = 0;
  std::uint64_t refused = 0;
  for (auto& thread : callers) thread.join();
  rt.run();
  rt.run();
  refused = refused_calls(remote(echo));
  call(
      echo,
      [](Echo& e, long* c, long* d) {
        *c = e.calls;
        *d = e.disorder;
      },
      unsafe_borrow(&came), unsafe_borrow(&disorder));
  rt.run();
  EXPECT_EQ(disorder, 0);
  EXPECT_EQ(refused, 0u) << "of its own runtime";
  EXPECT_EQ(came, threads * calls);
}

TEST(RemoteOutsideStress, TheRuntimeMayEndAtAnyMoment) {
  for (int round = 0; round != 60; ++round) {
    constexpr int threads = 2, asks = 40;
    const Ensemble all(1, {.lane_bound = 4096, .lane_chunk = 512, .publish = 128});
    Runtime asker;
    std::atomic<int> heard{0}, begun{0};
    const auto held = std::make_shared<int>(1);
    std::vector<std::vector<SendableRet<int>>> rets(threads);
    for (auto& list : rets)
      for (int n = 0; n != asks; ++n)
        list.push_back(
            sendable(asker.core(), Ret<int>(ret_do([](std::atomic<int>* h, Reply<int>) { ++*h; },
                                                   unsafe_borrow(&heard)))));
    std::vector<std::thread> callers;
    {
      Runtime rt;
      all.seat(0, rt);
      const auto echo = make_actor<Echo>(rt, ret_nop);
      rt.run();
      for (auto& list : rets)
        callers.emplace_back([&list, &begun, held, far = remote(echo)] {
          ++begun;
          for (auto& ret : list) {
            call<&Echo::ask>(far, 1, std::move(ret));
            call<&Echo::hold>(far, held);
          }
        });
      while (begun != threads) std::this_thread::yield();
      for (int n = 0; n != round % 7; ++n) rt.run();
    }
    for (auto& thread : callers) thread.join();
    callers.clear();
    for (int n = 0; n != 4; ++n) asker.run();
    ASSERT_EQ(heard, threads * asks);
    ASSERT_EQ(held.use_count(), 1);
  }
}

TEST_F(RemoteOutsideTest, ACallAllocatesNothingInSteadyState) {
  std::int64_t made = -1;
  const auto round = [this] {
    for (int n = 0; n != 30; ++n) call<&Echo::from>(far_, 0, n);
  };
  std::atomic<int> turn{0};
  std::thread caller([&] {
    for (int n = 1; n < 60; n += 2) {
      while (turn != n) std::this_thread::yield();
      round();
      ++turn;
    }
  });
  for (int n = 0; n != 60; n += 2) {
    if (n == 40) made = troupe_test::Allocations::made;
    ++turn;
    while (turn != n + 2) std::this_thread::yield();
    rt_->run();
  }
  EXPECT_EQ(troupe_test::Allocations::made, made);
  caller.join();
}

// ---- a handle that is made when its runtime has left
struct Makes {
  explicit Makes(Actor<Echo> e) : echo(std::move(e)) {}
  Makes(Makes&&) noexcept = default;
  ~Makes() {
    if (!echo) return;
    const Remote<Echo> far = remote(echo);
    say(far ? "names" : "none");
    call<&Echo::add>(far, 1);
    call<&Echo::ask>(far, 1, tell_int("r"));
    if (out) *out = far;
  }
  Actor<Echo> echo;
  Remote<Echo>* out = nullptr;
};
TEST(RemoteGone, WhatDiesLastMayMakeOne) {
  told();
  const Ensemble two(2);
  Remote<Echo> late;
  {
    Runtime other;
    two.seat(1, other);
    {
      Runtime rt;
      auto makes = std::make_shared<std::optional<Makes>>();
      const Waker waker(rt.core(),
                        fwd_do([](const std::shared_ptr<std::optional<Makes>>&, WakerNotice) {},
                               makes));  // hears behind the lanes
      two.seat(0, rt);
      const auto echo = make_actor<Echo>(rt, ret_nop);
      rt.run();
      makes->emplace(echo.actor());
      (*makes)->out = &late;
      makes.reset();
    }
    EXPECT_EQ(told(), "names r!lost");
    call<&Echo::add>(late, 1);
    call<&Echo::ask>(late, 1, tell_int("r"));
    watch(late, troupe_test::tell_end("w"));
    other.run();
    EXPECT_EQ(told(), "r!lost w:lost");
  }
  outside([&late] { call<&Echo::add>(late, 1); });
}

TEST(RemoteGone, AHandleMayOutliveTheRuntime) {
  Actor<Echo> outlives;
  {
    Runtime rt;
    const auto echo = make_actor<Echo>(rt, ret_nop);
    rt.run();
    outlives = echo.actor();
  }
  const Remote<Echo> far = remote(outlives);
  EXPECT_TRUE(bool(far));
  call<&Echo::add>(far, 1);
}

}  // namespace remote_outside_test
}  // namespace troupe
