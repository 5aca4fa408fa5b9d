// thread/far_fwd_test.cpp: a Fwd in the arguments of a call to another runtime: what it is given
// there comes home, and its end does.
#include <troupe/thread/far_fwd.hpp>

#include <gtest/gtest.h>

#include <array>
#include <future>
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
namespace far_fwd_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

struct Source {
  void subscribe(Fwd<int> to) { all.push_back(std::move(to)); }
  void subscribe_and_tell(Fwd<int> to, Ret<int> ret) {
    all.push_back(std::move(to));
    ret(static_cast<int>(all.size()));
  }
  void send(int n) {
    for (const Fwd<int>& to : all) to(n);
  }
  void copy() { all.push_back(all.front()); }
  void drop_one() { all.pop_back(); }
  void drop_all() { all.clear(); }
  void drop_behind(int n) {
    for (int i = 0; i != n; ++i) send(i);
    all.clear();
  }
  void once(Fwd<int> to, int n) { to(n); }
  void ping(Fwd<> to) { to(); }
  void words(Fwd<std::string, std::unique_ptr<int>> to, std::string text) {
    to(std::move(text), std::make_unique<int>(3));
  }
  void pass(Remote<Source> other, Fwd<int> to) {
    call<&Source::once>(other, to, 1);
    to(2);
  }
  void with_ret(Fwd<int, Ret<int>> to) { to(1, tell_int("r")); }
  void with_fwd(Fwd<Fwd<int>> to) {
    to(fwd_do([](int n) { say("away", n); }));
  }
  Fwd<int> first() { return all.front(); }
  int wanted() { return all.front().is_wanted() ? 1 : 0; }
  void tell_wanted(Ret<int> ret) { ret(wanted()); }
  int empty(Fwd<int> to) {
    to(1);
    return to ? 1 : 0;
  }
  std::vector<Fwd<int>> all;
};
struct Sink {
  void take(int n) { say("", n); }
  void count(int) { ++counted; }
  void take_from(int from, int n) { say(std::to_string(from) + ":", n); }
  void take_asked(int n, Ret<int> ret) { ret(n + 1); }
  void keep_asked(int, Ret<int> ret) { held = std::move(ret); }
  int counted = 0;
  Ret<int> held;
};
// Says what it gets, and shows by the count of `held` whether it is still there.
Fwd<int> says(std::shared_ptr<int> held) {
  return fwd_do([](const std::shared_ptr<int>&, int n) { say("", n); }, std::move(held));
}

class FarFwdTest : public troupe_test::BalancedTest {
 protected:
  explicit FarFwdTest(
      EnsembleOptions options = {.lane_bound = 4096, .lane_chunk = 512, .publish = 128, .slice = 3})
      : all_(3, options) {
    for (unsigned i = 0; i != 3; ++i) {
      rt_[i].emplace();
      all_.seat(i, *rt_[i]);
      source_[i] = make_actor<Source>(*rt_[i], ret_nop);
      rt_[i]->run();
      far_[i] = remote(source_[i]);
    }
    sink_ = make_actor<Sink>(*rt_[0], ret_nop);
    rt_[0]->run();
    told();
  }
  ~FarFwdTest() override {
    for (auto& source : source_) source = {};
    sink_ = {};
  }
  template <class F> void in(unsigned i, F f) {
    defer(*rt_[i], [](F body) { body(); }, unsafe_capture(std::move(f)));
    rt_[i]->run();
  }
  void run_all(int times = 6) {
    for (int n = 0; n != times; ++n)
      for (auto& rt : rt_)
        if (rt) rt->run();
  }
  void end(unsigned i) {
    source_[i] = {};
    if (i == 0) sink_ = {};
    rt_[i].reset();
  }
  // Subscribes one at runtime 1 whose end the returned count shows.
  std::shared_ptr<int> subscribe() {
    auto held = std::make_shared<int>(1);
    in(0, [&] { call<&Source::subscribe>(far_[1], says(held)); });
    run_all();
    EXPECT_EQ(held.use_count(), 2);
    return held;
  }
  Ensemble all_;
  std::array<std::optional<Runtime>, 3> rt_;
  std::array<ActorOwn<Source>, 3> source_;
  std::array<Remote<Source>, 3> far_;
  ActorOwn<Sink> sink_;
};

TEST_F(FarFwdTest, WhatItIsGivenComesHome) {
  in(0, [this] { call<&Source::subscribe>(far_[1], fwd_to<&Sink::take>(sink_)); });
  run_all();
  for (int n = 0; n != 3; ++n) call<&Source::send>(source_[1], n);
  rt_[1]->run();
  EXPECT_EQ(told(), "");
  run_all();
  EXPECT_EQ(told(), "0 1 2");
  call<&Source::copy>(source_[1]);
  call<&Source::send>(source_[1], 7);
  run_all();
  EXPECT_EQ(told(), "7 7");
}

TEST_F(FarFwdTest, OfAnyValuesOrNone) {
  in(0, [this] {
    call<&Source::ping>(far_[1], fwd_do([] { say("ping"); }));
    call<&Source::words>(far_[1],
                         fwd_do([](std::string text, std::unique_ptr<int> n) { say(text, *n); }),
                         std::string(100, 'x'));
    call<&Source::once>(far_[1], fwd_to<&Sink::take_from>(sink_, 5), 6);
  });
  run_all();
  EXPECT_EQ(told(), "ping " + std::string(100, 'x') + "3 5:6");
}

TEST_F(FarFwdTest, OneThatGoesNowhereArrivesAsSuch) {
  struct Asks {
    static Task<> asks(Remote<Source> far) {
      Fwd<int> nowhere = fwd_nop;
      say("", co_await ask<&Source::empty>(far, nowhere));
      say("", co_await ask<&Source::empty>(far, fwd_nop));
      say("", co_await ask<&Source::empty>(far, fwd_do([](int) {})));
    }
  };
  spawn(*rt_[0], &Asks::asks, ret_nop, far_[1]);
  run_all();
  EXPECT_EQ(told(), "0 0 1");
}

TEST_F(FarFwdTest, ATaskGivesOneAlongWithWhatItAsks) {
  struct Asks {
    static Task<> asks(Remote<Source> far) {
      const int n =
          co_await ask<&Source::subscribe_and_tell>(far, fwd_do([](int m) { say("", m); }));
      say("=", n);
    }
  };
  spawn(*rt_[0], &Asks::asks, ret_nop, far_[1]);
  run_all();
  call<&Source::send>(source_[1], 4);
  run_all();
  EXPECT_EQ(told(), "=1 4");
}

TEST_F(FarFwdTest, InItsOwnRuntimeItIsTheFwd) {
  in(0, [this] { call<&Source::once>(far_[0], fwd_do([](int n) { say("", n); }), 3); });
  EXPECT_EQ(told(), "3");
}

TEST_F(FarFwdTest, ItTravelsOnToAThirdRuntimeAndHome) {
  const auto held = std::make_shared<int>(1);
  in(0, [&] {
    call<&Source::pass>(far_[1], far_[2], says(held));
    call<&Source::pass>(far_[1], far_[0], says(held));
  });
  run_all();
  EXPECT_EQ(told(), "2 2 1 1");
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(FarFwdTest, ValuesMayBeRetsAndFwds) {
  in(0, [this] {
    call<&Source::with_ret>(far_[1], fwd_to<&Sink::take_asked>(sink_));
    call<&Source::with_fwd>(far_[1], fwd_do([](const Fwd<int>& back) { back(5); }));
  });
  run_all();
  EXPECT_EQ(told(), "r=2 away5");
}

TEST_F(FarFwdTest, ARetAmongTheValuesHearsOfEitherEnd) {
  in(0, [this] { call<&Source::with_ret>(far_[1], fwd_to<&Sink::keep_asked>(sink_)); });
  run_all();
  end(0);
  run_all();
  EXPECT_EQ(told(), "r!lost");
  in(2, [this] { call<&Source::with_ret>(far_[1], fwd_do([](int, Ret<int> ret) { ret(7); })); });
  rt_[1]->run();
  end(1);
  EXPECT_EQ(told(), "r!runtime ended");
  run_all();
  EXPECT_EQ(told(), "");
}

// ---- its end
TEST_F(FarFwdTest, WhenTheLastCopyHasGoneTheOneAtHomeGoes) {
  const auto held = subscribe();
  call<&Source::copy>(source_[1]);
  call<&Source::drop_one>(source_[1]);
  run_all();
  EXPECT_EQ(held.use_count(), 2);
  call<&Source::drop_behind>(source_[1], 3);
  rt_[1]->run();
  EXPECT_EQ(held.use_count(), 2) << "not on the other thread";
  rt_[0]->run();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(told(), "0 1 2");
}

TEST_F(FarFwdTest, ACallToAnActorThatHasEndedGivesItBack) {
  source_[1] = {};
  rt_[1]->run();
  const auto held = std::make_shared<int>(1);
  in(0, [&] { call<&Source::subscribe>(far_[1], says(held)); });
  EXPECT_EQ(held.use_count(), 2);
  run_all();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(FarFwdTest, ValuesForAnActorThatHasEndedAreDropped) {
  in(0, [this] { call<&Source::subscribe>(far_[1], fwd_to<&Sink::take>(sink_)); });
  run_all();
  sink_ = {};
  run_all();
  call<&Source::send>(source_[1], 1);
  run_all();
  EXPECT_EQ(told(), "");
}

TEST_F(FarFwdTest, ItsHomeEnds) {
  const auto held = subscribe();
  call<&Source::send>(source_[1], 1);
  rt_[1]->run();
  end(0);
  EXPECT_EQ(held.use_count(), 1);
  call<&Source::send>(source_[1], 2);
  run_all();
  EXPECT_EQ(query<&Source::wanted>(*rt_[1], source_[1]).value_or(-1), 0);
  call<&Source::drop_behind>(source_[1], 3);
  run_all();
  EXPECT_EQ(told(), "");
}

TEST_F(FarFwdTest, TheOtherRuntimeEnds) {
  const auto held = subscribe();
  EXPECT_EQ(query<&Source::wanted>(*rt_[1], source_[1]).value_or(-1), 1);
  call<&Source::send>(source_[1], 1);
  rt_[1]->run();
  end(1);
  EXPECT_EQ(held.use_count(), 2);
  run_all();
  EXPECT_EQ(told(), "1");
  EXPECT_EQ(held.use_count(), 1);
}

// ---- its receiver ends
TEST_F(FarFwdTest, IsNotWantedOnceAValueHasFoundItsReceiverGone) {
  const auto subscribe = [this](const ActorOwn<Sink>& to) {
    in(0, [&] { call<&Source::subscribe>(far_[1], fwd_to<&Sink::take>(to)); });
    run_all();
  };
  const auto wanted = [this] { return query<&Source::wanted>(*rt_[1], source_[1]).value_or(-1); };
  auto sink = make_actor<Sink>(*rt_[0], ret_nop);
  subscribe(sink);
  call<&Source::copy>(source_[1]);
  call<&Source::send>(source_[1], 1);
  run_all();
  EXPECT_EQ(told(), "1 1");
  EXPECT_EQ(wanted(), 1);
  sink = {};
  run_all();
  EXPECT_EQ(wanted(), 1) << "no value has come to know";
  call<&Source::send>(source_[1], 2);
  run_all();
  EXPECT_EQ(wanted(), 0);
  EXPECT_EQ(told(), "");
  call<&Source::drop_all>(source_[1]);
  run_all();
  subscribe(sink_);  // in the same cell
  EXPECT_EQ(wanted(), 1);
}

TEST_F(FarFwdTest, IsNotWantedByAThirdRuntimeEither) {
  auto sink = make_actor<Sink>(*rt_[0], ret_nop);
  in(0, [&] { call<&Source::subscribe>(far_[1], fwd_to<&Sink::take>(sink)); });
  run_all();
  const Fwd<int> first = query<&Source::first>(*rt_[1], source_[1]).value();
  in(1, [&] { call<&Source::subscribe>(far_[2], first); });
  run_all();
  sink = {};
  for (int n = 0; n != 2; ++n) {
    EXPECT_EQ(query<&Source::wanted>(*rt_[2], source_[2]).value_or(-1), 1);
    call<&Source::send>(source_[2], n);
    run_all();
  }
  EXPECT_EQ(query<&Source::wanted>(*rt_[2], source_[2]).value_or(-1), 0) << "it was told on";
  EXPECT_EQ(told(), "");
}

struct Publisher {
  void add(Fwd<int> to) { all.add(std::move(to)); }
  void say_all(int n) { (void)all(n); }
  int size() { return static_cast<int>(all.size()); }
  FwdSet<int> all;
};
TEST_F(FarFwdTest, ASetForgetsThoseWhoseReceiversHaveGone) {
  const auto publisher = make_actor<Publisher>(*rt_[1], ret_nop);
  rt_[1]->run();
  const Remote<Publisher> far = remote(publisher);
  const auto add = [&](const ActorOwn<Sink>& to) {
    in(0, [&] { call<&Publisher::add>(far, fwd_to<&Sink::take>(to)); });
    run_all();
  };
  for (int n = 0; n != 3; ++n) {
    const auto sink = make_actor<Sink>(*rt_[0], ret_nop);
    add(sink);
  }
  add(sink_);
  for (int n = 0; n != 2; ++n) {
    EXPECT_EQ(query<&Publisher::size>(*rt_[1], publisher).value_or(-1), 4);
    call<&Publisher::say_all>(publisher, n);
    run_all();
  }
  EXPECT_EQ(query<&Publisher::size>(*rt_[1], publisher).value_or(-1), 1);
  EXPECT_EQ(told(), "0 1");
}

struct AsksAtItsEnd {
  void keep(Fwd<int, Ret<int>> to) { fwd = std::move(to); }
  ~AsksAtItsEnd() { fwd(1, tell_int("n")); }
  Fwd<int, Ret<int>> fwd;
};
TEST_F(FarFwdTest, WhileTheOtherRuntimeEndsNothingGoes) {
  auto asks = make_actor<AsksAtItsEnd>(*rt_[1], ret_nop);
  rt_[1]->run();
  const auto far = remote(asks);
  in(0, [&] { call<&AsksAtItsEnd::keep>(far, fwd_to<&Sink::take_asked>(sink_)); });
  run_all();
  end(1);
  EXPECT_EQ(told(), "n!runtime ended");
  run_all();
  EXPECT_EQ(told(), "");
  asks = {};
}

// What is still on its way to a runtime that ends.
TEST_F(FarFwdTest, ACallThatDiesUnreadGivesItBack) {
  const auto held = std::make_shared<int>(1);
  in(0, [&] { call<&Source::subscribe>(far_[1], says(held)); });
  end(1);
  run_all();
  EXPECT_EQ(held.use_count(), 1);
  in(0, [&] { call<&Source::subscribe>(far_[1], says(held)); });
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(FarFwdTest, BothEnd) {
  for (const bool home_first : {true, false}) {
    SCOPED_TRACE(home_first);
    const unsigned home = home_first ? 0 : 2;  // 2 does not end before 1
    const auto held = std::make_shared<int>(1);
    const Ensemble two(2);
    std::array<std::optional<Runtime>, 2> rt{std::optional<Runtime>(std::in_place),
                                             std::optional<Runtime>(std::in_place)};
    two.seat(0, *rt[0]);
    two.seat(1, *rt[1]);
    auto source = make_actor<Source>(*rt[1], ret_nop);
    rt[1]->run();
    defer(
        *rt[0],
        [](Remote<Source> far, std::shared_ptr<int> h) {
          call<&Source::subscribe>(far, says(h));
          call<&Source::once>(far, says(std::move(h)), 1);
        },
        remote(source), held);
    rt[0]->run();
    rt[1]->run();
    defer(
        *rt[0],
        [](Remote<Source> far, std::shared_ptr<int> h) {
          call<&Source::subscribe>(far, says(std::move(h)));
        },
        remote(source), held);
    rt[0]->run();
    source = {};
    rt[home == 0 ? 0 : 1].reset();
    rt[home == 0 ? 1 : 0].reset();
    EXPECT_EQ(held.use_count(), 1);
    told();
  }
}

// Handles of a runtime may outlive it: what they name stays as long as they do.
TEST(FarFwd, CopiesMayOutliveBothRuntimes) {
  std::vector<Fwd<int>> kept;
  struct Keeper {
    void keep(Fwd<int> fwd) { to->push_back(std::move(fwd)); }
    std::vector<Fwd<int>>* to;
  };
  const auto held = std::make_shared<int>(1);
  {
    const Ensemble two(2);
    Runtime home, away;
    two.seat(0, home);
    two.seat(1, away);
    const auto keeper = make_actor<Keeper>(away, ret_nop, unsafe_borrow(&kept));
    away.run();
    for (int n = 0; n != 3; ++n) {
      defer(
          home,
          [](Remote<Keeper> far, std::shared_ptr<int> h) {
            call<&Keeper::keep>(far, says(std::move(h)));
          },
          remote(keeper), held);
      home.run();
    }
    away.run();
    ASSERT_EQ(kept.size(), 3u);
  }
  EXPECT_EQ(held.use_count(), 1);
  const Fwd<int> copy = kept.front();
  copy(1);
  EXPECT_FALSE(copy.is_wanted());
  kept.clear();
  copy(2);
}

// The word that nobody is there comes from another thread, and before the cell is used anew.
TEST(FarFwdThreads, IsNotWantedAfterItsReceiverHasGone) {
  const Ensemble all(2);
  EnsembleThreads threads(all);
  std::promise<Remote<Source>> made;
  auto there = made.get_future();
  threads.start(
      1,
      [](Runtime& rt, std::promise<Remote<Source>> to) {
        auto source = make_actor<Source>(rt, ret_nop);
        to.set_value(remote(source));
        return source;
      },
      std::move(made));
  Runtime rt{Clock::now()};
  all.seat(0, rt);
  const Remote<Source> far = there.get();
  const auto ask_wanted = [&] {
    int is = -1;
    defer(rt, unsafe_capture([&] {
            call<&Source::tell_wanted>(
                far, ret_do([](int& to, Reply<int> n) { to = n.value(); }, unsafe_borrow(is)));
          }));
    while (is == -1) {
      rt.run(Clock::now());
      std::this_thread::yield();
    }
    return is;
  };
  for (int round = 0; round != 50; ++round) {
    auto sink = make_actor<Sink>(rt, ret_nop);
    defer(rt, unsafe_capture([&] { call<&Source::subscribe>(far, fwd_to<&Sink::count>(sink)); }));
    ASSERT_EQ(ask_wanted(), 1);
    sink = {};
    do {
      defer(rt, unsafe_capture([&] { call<&Source::send>(far, 1); }));
    } while (ask_wanted() == 1);
    defer(rt, unsafe_capture([&] { call<&Source::drop_all>(far); }));
  }
  EXPECT_EQ(threads.stop(StopCause::stopped), StopCause::stopped);
}

#if TROUPE_EXCEPTIONS
TEST_F(FarFwdTest, WhatItsFunctionThrowsIsThrownAtHome) {
  in(0, [this] {
    call<&Source::subscribe>(far_[1], fwd_do([](int n) {
                               if (n == 1) throw std::runtime_error("no");
                               say("", n);
                             }));
  });
  run_all();
  for (int n = 0; n != 3; ++n) call<&Source::send>(source_[1], n);
  rt_[1]->run();
  EXPECT_THROW(rt_[0]->run(), std::runtime_error);
  rt_[0]->run();
  EXPECT_EQ(told(), "0 2");
}
#endif

// ---- the bound
TEST_F(FarFwdTest, BeyondTheBoundValuesAreRefusedAndCounted) {
  struct Counted {
    static Task<> waits(Remote<Source> back, std::shared_ptr<int> went_on) {
      const bool there = co_await room(back);
      if (there) ++*went_on;
    }
  };
  rt_[1]->set_logger(LogFilter(), nullptr);
  const auto heard = std::make_shared<int>(0);
  in(0, [&] {
    call<&Source::subscribe>(far_[1],
                             fwd_do([](const std::shared_ptr<int>& h, int) { ++*h; }, heard));
  });
  run_all();
  for (int n = 0; n != 1000; ++n) call<&Source::send>(source_[1], n);
  rt_[1]->run();
  std::uint64_t refused = 0;
  in(1, [&] { refused = refused_calls(far_[0]); });
  EXPECT_GT(refused, 0u);
  const auto went_on = std::make_shared<int>(0);
  spawn(*rt_[1], &Counted::waits, ret_nop, far_[0], went_on);
  rt_[1]->run();
  EXPECT_EQ(*went_on, 0);
  run_all();
  EXPECT_EQ(*went_on, 1);
  EXPECT_EQ(static_cast<std::uint64_t>(*heard), 1000 - refused);
  call<&Source::drop_all>(source_[1]);
  run_all();
  EXPECT_EQ(heard.use_count(), 1);
}

// ---- memory
TEST_F(FarFwdTest, AllocatesNothingInSteadyState) {
  const auto round = [this] {
    in(0, [this] {
      for (int n = 0; n != 10; ++n) {
        call<&Source::subscribe>(far_[1], fwd_to<&Sink::count>(sink_));
        call<&Source::once>(far_[1], fwd_to<&Sink::count>(sink_), 1);
      }
    });
    rt_[1]->run();
    call<&Source::drop_behind>(source_[1], 2);
    run_all(2);
  };
  EXPECT_EQ(troupe_test::allocations_in_steady_state(round), 0);
}

// The end of the last one finds no memory, wherever the chunk is full, and is told at once: it
// waits for the values that are on their way.
TEST_F(FarFwdTest, WithoutMemoryTheEndComesBehindTheValues) {
  for (int most = 0; most != 60; ++most) {
    SCOPED_TRACE(most);
    const auto held = subscribe();
    std::string expected;
    for (int n = 0; n != most; ++n) {
      call<&Source::send>(source_[1], n);
      if (n != 0) expected += ' ';
      expected += std::to_string(n);
    }
    rt_[1]->run();
    call<&Source::drop_all>(source_[1]);
    {
      const troupe_test::FailAllocation all(0, true);
      rt_[1]->run();
    }
    rt_[0]->run(Instant{}, RunLimit{.items = 2});
    run_all();
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(told(), expected);
    const auto fresh = subscribe();  // by the cell that is free again
    call<&Source::drop_behind>(source_[1], 1);
    run_all();
    EXPECT_EQ(fresh.use_count(), 1);
    EXPECT_EQ(told(), "0");
  }
}

TEST_F(FarFwdTest, ACallThatFindsNoMemoryKeepsNothing) {
  const auto held = std::make_shared<int>(1);
  for (std::int64_t n = 0; n != 4; ++n) {
    in(0, [&] {
      for (int k = 0; k != 20; ++k) {
        Fwd<int> to = says(held);
        const troupe_test::FailAllocation one(n, true);
        call<&Source::subscribe>(far_[1], std::move(to));
      }
    });
  }
  run_all();
  call<&Source::drop_all>(source_[1]);
  run_all();
  EXPECT_EQ(held.use_count(), 1);
}

// ---- under one clock
struct Ticks {
  void go(Cx<Ticks>& cx, Fwd<int> to, int left) {
    to(left);
    if (left != 0) after<&Ticks::go>(cx, 1s, to, left - 1);
  }
};
TEST(FarFwdVirtual, ComesHomeAtItsInstant) {
  troupe_test::told();
  const Ensemble all(2);
  Runtime home, away;
  all.seat(0, home);
  all.seat(1, away);
  const auto ticks = make_actor<Ticks>(away, ret_nop);
  away.run();
  defer(
      home, [](Remote<Ticks> far) { call<&Ticks::go>(far, fwd_do([](int n) { say("", n); }), 3); },
      remote(ticks));
  run_virtual(all);
  EXPECT_EQ(told(), "3 2 1 0");
  EXPECT_EQ((home.now() - home.core().start_time()), Duration(3s));
}

}  // namespace far_fwd_test
}  // namespace troupe
