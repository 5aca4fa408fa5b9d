// stress/wake_test.cpp: other threads wake runtimes that run, and go on while those end: for the
// thread sanitizer.
//
// Chance decides what the runtimes' threads do; when the others come in between is up to the
// machine.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/seed.hpp"

namespace troupe {
namespace wake_test {

using namespace std::chrono_literals;
using troupe_test::Dice;

class Bell {  // what a host's loop sleeps at
 public:
  void ring() {
    rings_.fetch_add(1);
    rings_.notify_one();
  }
  /// Until it rang since the last time.
  void wait() {
    rings_.wait(heard_);
    heard_ = rings_.load();
  }

 private:
  std::atomic<int> rings_{0};
  int heard_ = 0;
};

/// Foreign code: threads that resume or destroy the waiters that they are given.
class Crew {
 public:
  explicit Crew(int size) {
    for (int i = 0; i < size; ++i) threads_.emplace_back([this] { work(); });
  }
  Crew(const Crew&) = delete;
  /// When all waiters have been let go of.
  ~Crew() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    some_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  void take(std::coroutine_handle<> waiter, bool destroys) {
    {
      const std::lock_guard lock(mutex_);
      waiters_.push_back({waiter, destroys});
    }
    some_.notify_one();
  }

 private:
  struct Waiter {
    std::coroutine_handle<> handle;
    bool destroys;
  };
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      some_.wait(lock, [this] { return over_ || !waiters_.empty(); });
      if (waiters_.empty()) return;
      const Waiter one = waiters_.front();
      waiters_.pop_front();
      lock.unlock();
      one.destroys ? one.handle.destroy() : one.handle.resume();
    }
  }
  std::mutex mutex_;
  std::condition_variable some_;
  std::deque<Waiter> waiters_;
  bool over_ = false;
  std::vector<std::thread> threads_;
};
Crew* crew = nullptr;

struct Elsewhere {  // awaits one of the crew
  explicit Elsewhere(bool d) : destroys(d) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const { crew->take(h, destroys); }
  int await_resume() const noexcept { return 1; }
  bool destroys;
};

struct Counts {  // of one runtime, by its thread
  static inline thread_local int locals = 0, asked = 0, answers = 0;
};
struct Local {  // lives in a frame
  Local() { ++Counts::locals; }
  Local(const Local&) = delete;
  ~Local() { --Counts::locals; }
};
Ret<int> counted() {
  ++Counts::asked;
  return ret_do([](const Reply<int>&) { ++Counts::answers; });
}

Task<int> wander(int times) {
  const Local local;
  for (int i = 0; i < times; ++i) {
    const int one = co_await Elsewhere(false);
    const auto other = co_await reply_of(Elsewhere(i % 2 == 0));
    if (one == 0 && other) break;
  }
  co_return times;
}
struct Traveller {
  Task<int> travel(Cx<Traveller>&, int times) {
    const Local local;
    int done = 0;
    for (int i = 0; i < times; ++i) done += co_await Elsewhere(false);
    co_return done;
  }
};

// One runtime, from its making to its end, at whatever moment that comes.
void live_once(Dice& dice) {
  Bell bell;
  const std::uint64_t rets = Ledger::here().live();
  {
    Runtime rt;
    rt.set_poll_waker([&bell] { bell.ring(); });
    rt.set_end_wait(60s);
    auto actor = make_actor<Traveller>(rt, ret_nop);
    std::vector<TaskRef> tasks;
    for (int i = 0; i < 8; ++i) {
      const int times = static_cast<int>(dice.below(6));
      tasks.push_back(spawn(rt, wander, counted(), times));
      spawn(rt, ask<&Traveller::travel>(actor, times), counted());
    }
    for (auto turns = dice.below(30); turns > 0; --turns) {
      rt.run();
      if (rt.live_tasks() == 0) break;
      if (dice.below(6) == 0) tasks[dice.below(tasks.size())].cancel();
      if (dice.below(40) == 0) actor.kill("enough");
      if (dice.below(4) == 0) continue;  // does not sleep, and so meets others within a push
      if (rt.next_wait(rt.now()) != Duration::zero()) bell.wait();
    }
    rt.run();
  }
  EXPECT_EQ(Counts::locals, 0);
  EXPECT_EQ(Counts::answers, Counts::asked);
  EXPECT_EQ(Ledger::here().live(), rets);
}

TEST(WakeStress, ForeignCodeOnOtherThreadsWakesRuntimesThatRunAndEnd) {
  SCOPED_TRACE(troupe_test::seed_text());
  Crew three(3);
  crew = &three;
  std::vector<std::thread> hosts;
  for (std::uint64_t host = 0; host < 2; ++host)
    hosts.emplace_back([seed = troupe_test::seed() + host] {
      Dice dice(seed);
      for (int round = 0; round < 150; ++round) live_once(dice);
    });
  for (std::thread& host : hosts) host.join();
}

struct Knock : detail::Inbox::Node {
  int ran = 0;
};

TEST(WakeStress, ThreadsPushIntoInboxesThatCloseMeanwhile) {
  SCOPED_TRACE(troupe_test::seed_text());
  Dice dice(troupe_test::seed());
  constexpr std::size_t pushers = 3, knocks = 200;
  for (int round = 0; round < 100; ++round) {
    Bell bell;
    std::optional<Runtime> rt(std::in_place);
    rt->set_poll_waker([&bell] { bell.ring(); });
    const Deferrer keeps_the_core = rt->core().deferrer();
    detail::Inbox& inbox = *detail::kernel_of(*rt).inbox;
    std::vector<std::unique_ptr<Knock[]>> all;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < pushers; ++i) {
      all.push_back(std::make_unique<Knock[]>(knocks));
      for (std::size_t n = 0; n < knocks; ++n)
        all.back()[n].run = [](detail::Inbox::Node* node) { ++static_cast<Knock*>(node)->ran; };
      threads.emplace_back([&inbox, mine = all.back().get()] {
        for (std::size_t n = 0; n < knocks; ++n) inbox.push(&mine[n]);
      });
    }
    for (auto turns = dice.below(20); turns > 0; --turns)
      dice.below(2) ? rt->poll_wake() : void(rt->run());
    const bool all_of_them = dice.below(3) == 0;
    const auto count = [&all] {
      std::size_t ran = 0;
      for (const auto& nodes : all)
        for (std::size_t n = 0; n < knocks; ++n) ran += static_cast<std::size_t>(nodes[n].ran);
      return ran;
    };
    while (all_of_them && count() < pushers * knocks) {
      rt->run();
      if (count() < pushers * knocks && !inbox.pending())
        bell.wait();  // a lost wake-up would wait here for ever
    }
    rt.reset();
    const std::size_t at_the_end = count();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(count(), at_the_end) << "nothing runs behind the end";
    for (const auto& nodes : all)
      for (std::size_t n = 0; n < knocks; ++n) EXPECT_LE(nodes[n].ran, 1);
  }
}

// ---- who gives the handle away, and then says that there is nothing to wait for
#if TROUPE_DEBUG && TROUPE_EXCEPTIONS && \
    !TROUPE_CONFORMING_FOREIGN  // which find out who resumes late
enum class Then { throws, goes_on, resumes_itself };
struct Race {
  std::atomic<void*> given{nullptr};
  std::atomic<bool> over{false};
  unsigned jitter = 0;
  bool destroys = false;
  static inline Race* now = nullptr;
};
template <Then then> struct GivesAway {
  bool await_ready() const noexcept { return false; }
  auto await_suspend(std::coroutine_handle<> h) const {
    Race::now->given.store(h.address());
    for (unsigned wait = Race::now->jitter++ % 64; wait > 0; --wait)
      std::atomic_signal_fence(std::memory_order_seq_cst);
    if constexpr (then == Then::throws)
      throw 1;
    else if constexpr (then == Then::goes_on)
      return false;
    else
      return h;
  }
  void await_resume() const noexcept {}
};
template <Then then> Task<> hesitates(Ret<int> went_on) {
  int outcome = 0;
  try {
    co_await GivesAway<then>();
    outcome = 1;
  } catch (int) {
    outcome = 2;
  }
  went_on(int(outcome));
}
template <Then then> void race_for_the_handle(bool destroys) {
  Race race;
  Race::now = &race;
  std::thread other([&race, destroys] {
    while (!race.over)
      if (void* p = race.given.exchange(nullptr)) {
        const auto handle = std::coroutine_handle<>::from_address(p);
        destroys ? handle.destroy() : handle.resume();
      }
  });
  {
    Runtime rt;
    rt.set_poll_waker([] {});
    constexpr int rounds = 5000;
    int right = 0, wrong = 0;
    for (int i = 0; i < rounds; ++i) {
      spawn(rt, hesitates<then>, ret_nop,
            ret_do(
                [](int* yes, int* no, const Reply<int>& r) {
                  ++(r && *r == (then == Then::throws ? 2 : 1) ? *yes : *no);
                },
                unsafe_borrow(&right), unsafe_borrow(&wrong)));
      rt.run();
      while (race.given.load()) std::this_thread::yield();
      while (right + wrong <= i) rt.run();
    }
    EXPECT_EQ(right, rounds);
    EXPECT_EQ(rt.live_tasks(), 0u);
    race.over = true;
    other.join();
  }
}

TEST(WakeStress, AHandleThatIsGivenAwayAndTakenBack) {
  race_for_the_handle<Then::throws>(false);
  race_for_the_handle<Then::throws>(true);
  race_for_the_handle<Then::goes_on>(false);
  race_for_the_handle<Then::resumes_itself>(false);
}
#endif

}  // namespace wake_test
}  // namespace troupe
