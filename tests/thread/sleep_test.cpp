// thread/sleep_test.cpp: a host that says when it may sleep: nobody wakes it while it is awake, and
// no wake is lost when it goes to sleep.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

#include "support/interleave.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace sleep_test {

using namespace std::chrono_literals;
using troupe_test::told;

constexpr RunLimit awake{.stays_awake = true};

struct Store {
  explicit Store(int* s) : sum(s) {}
  void add(int n) { *sum += n; }
  int* sum;
};

// Two runtimes of one thread: what one sends to the other rings or not as from another thread.
class SleepTest : public troupe_test::RecordedTest {
 protected:
  SleepTest() {
    rt_.set_poll_waker([this] { ++rings_; });
    all_.seat(0, rt_);
    all_.seat(1, away_);
    store_ = make_actor<Store>(rt_, ret_nop, unsafe_borrow(&sum_));
    far_ = remote(store_);
    rt_.run();
    rings_ = 0;
  }
  void send() { call<&Store::add>(far_, 1); }
  void run_awake() { rt_.run(rt_.now(), awake); }

  Ensemble all_{2};
  Runtime rt_, away_;
  ActorOwn<Store> store_;
  Remote<Store> far_;
  int rings_ = 0, heard_ = 0, sum_ = 0;
  Waker waker_{rt_, fwd_do(unsafe_capture([this](WakerNotice) { ++heard_; }))};
};

TEST_F(SleepTest, AHostThatIsAwakeIsNotWoken) {
  run_awake();
  send();
  waker_.wake();
  EXPECT_EQ(rt_.next_wait(rt_.now()), Duration::zero());
  EXPECT_EQ(rings_, 0);
  run_awake();
  EXPECT_EQ(sum_, 1);
  EXPECT_EQ(heard_, 1);
  send();
  run_awake();
  EXPECT_EQ(sum_, 2);
  EXPECT_EQ(rings_, 0);
}

TEST_F(SleepTest, BeforeItSleepsItLooksOnceMore) {
  run_awake();
  EXPECT_TRUE(rt_.may_sleep());
  run_awake();
  send();
  EXPECT_FALSE(rt_.may_sleep());
  run_awake();
  waker_.wake();
  EXPECT_FALSE(rt_.may_sleep());
  run_awake();
  defer(rt_, [] {});
  EXPECT_FALSE(rt_.may_sleep());
  run_awake();
  EXPECT_TRUE(rt_.may_sleep());
  EXPECT_EQ(sum_, 1);
  EXPECT_EQ(heard_, 1);
}

TEST_F(SleepTest, AHostThatSleepsIsWokenOnce) {
  for (int round = 1; round != 4; ++round) {
    run_awake();
    EXPECT_TRUE(rt_.may_sleep());
    EXPECT_EQ(rings_, round - 1);
    send();
    EXPECT_EQ(rings_, round);
    send();
    waker_.wake();
    EXPECT_EQ(rings_, round);
  }
  run_awake();
  EXPECT_TRUE(rt_.may_sleep());
  waker_.wake();
  EXPECT_EQ(rings_, 4);
}

TEST_F(SleepTest, AHostThatDoesNotSayItIsAwakeIsWokenBetweenTwoRuns) {
  for (int round = 1; round != 4; ++round) {
    rt_.run();
    send();
    EXPECT_EQ(rings_, 2 * round - 1);
    rt_.run();
    waker_.wake();
    EXPECT_EQ(rings_, 2 * round);
  }
}

// The next host knows nothing of what this one has said.
TEST_F(SleepTest, APlainRunEndsWhatWasSaidBefore) {
  run_awake();
  rt_.run();
  send();
  EXPECT_EQ(rings_, 1);
  run_awake();
  rt_.run();
  waker_.wake();
  EXPECT_EQ(rings_, 2);
}

// A run whose host looks no more wakes it for what came while it was awake, behind its own look.
TEST_F(SleepTest, APlainRunWakesForWhatCameInIt) {
  run_awake();
  defer(rt_, unsafe_capture([this] {
          call<&Store::add>(far_, 0);
          waker_.wake();
        }));
  rings_ = 0;
  rt_.run();
  EXPECT_GE(rings_, 1);
}

TEST_F(SleepTest, BehindAShutdownItIsWoken) {
  defer(rt_, [](Core& core) { core.shutdown(StopCause::stopped); });
  rings_ = 0;
  run_awake();
  send();
  EXPECT_EQ(rings_, 1);
}

#if TROUPE_EXCEPTIONS
TEST_F(SleepTest, BehindWhatIsThrownItIsWoken) {
  defer(rt_, [] { throw std::runtime_error("oh"); });
  rings_ = 0;
  EXPECT_THROW(run_awake(), std::runtime_error);
  send();
  EXPECT_EQ(rings_, 1);
}
#endif

TEST_F(SleepTest, TheEndOfAnotherRuntimeIsNews) {
  auto other = std::make_unique<Runtime>();
  const Ensemble all(2);
  Runtime mine;
  int rings = 0;
  mine.set_poll_waker([&] { ++rings; });
  all.seat(0, mine);
  all.seat(1, *other);
  mine.run(mine.now(), awake);
  EXPECT_TRUE(mine.may_sleep());
  mine.run(mine.now(), awake);
  other.reset();
  EXPECT_EQ(rings, 0);
  EXPECT_FALSE(mine.may_sleep());
}

#if TROUPE_DEBUG
using troupe_test::Interleavings;

// How a host that runs nothing but this comes to sleep.
enum class Says {
  when_it_may_sleep,
  nothing,
  nothing_any_more,  // a run that stayed awake lies behind it
};

// A host with a bell, as a loop has it: it sleeps until it is rung.
template <Says says> struct Host {
  Runtime rt;
  std::atomic<bool> rung{false};
  Host() {
    rt.set_poll_waker([this] { rung.store(true); });
  }
  // Until `done()`, which only a sender can bring about. Where that never comes the script's end
  // finds this side blocked, and ends the process.
  template <class Done> void run_until(Done&& done) {
    for (;;) {
      if (says != Says::nothing) rt.run(rt.now(), awake);
      detail::step();
      if (says != Says::when_it_may_sleep) rt.run();
      detail::step();
      if (done()) return;
      if (may_sleep()) sleep();
    }
  }

 private:
  // One that says nothing need not look either.
  bool may_sleep() { return says != Says::when_it_may_sleep || rt.may_sleep(); }
  void sleep() {
    while (!rung.exchange(false)) detail::step(true);
  }
};

template <class Round> void in_each_order(int at_least, int most_changes) {
  Interleavings all(most_changes);
  do {
    Round round;
    all.run([&] { round.away(); }, [&] { round.home(); });
  } while (!testing::Test::HasFailure() && all.next_script());

  EXPECT_GE(all.rounds(), at_least) << "the sides have fewer steps than they had";
}

template <Says says> struct WakesASleeper {
  Host<says> host;
  int heard = 0;
  Waker waker{host.rt, fwd_do(unsafe_capture([this](WakerNotice) { ++heard; }))};
  void away() { waker.wake(); }
  void home() {
    host.run_until([this] { return heard == 1; });
  }
};
TEST(Sleep, NoWakeIsLostInEachOrder) {
  in_each_order<WakesASleeper<Says::when_it_may_sleep>>(500, 5);
  in_each_order<WakesASleeper<Says::nothing>>(500, 5);
  in_each_order<WakesASleeper<Says::nothing_any_more>>(500, 5);
}

template <Says says> struct CallsASleeper {
  Ensemble all{2};
  Host<says> host;
  ActorOwn<Store> store;
  Remote<Store> far;
  int sum = 0;
  CallsASleeper() {
    all.seat(0, host.rt);
    store = make_actor<Store>(host.rt, ret_nop, unsafe_borrow(&sum));
    far = remote(store);
  }
  void away() {
    Runtime rt;
    all.seat(1, rt);
    call<&Store::add>(far, 1);
    call<&Store::add>(far, 1);
  }
  void home() {
    host.run_until([this] { return sum == 2; });
  }
};
TEST(Sleep, NoCallIsLostInEachOrder) {
  in_each_order<CallsASleeper<Says::when_it_may_sleep>>(200, 2);
  in_each_order<CallsASleeper<Says::nothing>>(200, 2);
  in_each_order<CallsASleeper<Says::nothing_any_more>>(200, 2);
}

// A host that is rung takes in what came, and runs only where next_wait() says that there is
// something to run: a ring that came late has nothing.
template <Says says> struct CallsOneThatPolls : CallsASleeper<says> {
  void away() {
    Runtime rt;
    this->all.seat(1, rt);
    for (int i = 0; i != 3; ++i) call<&Store::add>(this->far, 1);
  }
  void home() {
    Runtime& rt = this->host.rt;
    for (;;) {
      says == Says::nothing ? (void)rt.run() : (void)rt.run(rt.now(), awake);
      detail::step();
      if (this->sum == 3) return;
      if (says != Says::nothing && !rt.may_sleep()) continue;
      while (rt.next_wait(rt.now()) != Duration::zero()) {
        while (!this->host.rung.exchange(false)) detail::step(true);
        rt.poll_wake();
        detail::step();
      }
    }
  }
};
TEST(Sleep, NoCallIsLostBehindAPollThatFindsNothing) {
  in_each_order<CallsOneThatPolls<Says::when_it_may_sleep>>(1000, 3);
  in_each_order<CallsOneThatPolls<Says::nothing>>(1000, 3);
}
#endif

}  // namespace sleep_test
}  // namespace troupe
