// thread/remote_stress_test.cpp: runtimes on real threads that call, ask, keep, hand on, sleep and
// end as chance has it: each Ret is answered once, each Fwd gets its values in order, and nothing
// is left.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/thread/ensemble.hpp>
#include <troupe/thread/room.hpp>
#include <vector>

#include "support/seed.hpp"

namespace troupe {
namespace remote_stress_test {

constexpr EnsembleOptions small{
    .lane_bound = 16 * 1024, .lane_chunk = 512, .publish = 128, .slice = 3};

// What holds one runtime: turns, and sleeps in between.
class Host {
 public:
  // Whether it says when it may sleep.
  bool says = false;
  void attach(Runtime& rt) {
    rt.set_poll_waker([this] { wake(); });
  }
  void wake() {
    const std::lock_guard hold(mutex_);
    rung_ = true;
    bell_.notify_one();
  }
  // Until it is woken, if there is nothing to do.
  void sleep(Runtime& rt) {
    if (says ? !rt.may_sleep() : rt.next_wait(rt.now()) == Duration::zero()) return;
    std::unique_lock hold(mutex_);
    bell_.wait(hold, [this] { return rung_; });
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable bell_;
  bool rung_ = false;
};

struct Count {
  std::atomic<long> asked{0}, heard{0};
  std::atomic<long> fwds{0}, disorder{0};  // fwds: those that live at home
};

// The home side of a Fwd: its values come in order.
struct Counter {
  explicit Counter(Count* c) : count(c) { ++count->fwds; }
  Counter(const Counter&) = delete;
  ~Counter() { --count->fwds; }
  void got(int n) {
    if (n <= last) ++count->disorder;
    last = n;
  }
  Count* count;
  int last = -1;
};
struct Fed {
  Fwd<int> to;
  int sent = 0;
};

struct Peer {
  Peer(Count* c, unsigned seed) : count(c), rng(seed) {}
  void meet(Remote<Peer> o) { other = std::move(o); }
  void ping(int depth, Ret<int> ret) {
    switch (rng() % 8) {
      case 0:
        kept.push_back(std::move(ret));
        break;
      case 1:
        break;  // dropped
      case 2:
        if (other && depth < 4) {
          call<&Peer::ping>(other, depth + 1, std::move(ret));  // handed on
          break;
        }
        [[fallthrough]];
      default:
        ret(depth);
    }
    if (kept.size() > 50) kept.clear();
  }
  void take(Remote<Peer> copy, std::string) { spare = std::move(copy); }
  void feed(int depth, Fwd<int> to) {
    if (rng() % 4 == 0 && other && depth < 4) return call<&Peer::feed>(other, depth + 1, to);
    fed.push_back({std::move(to)});
    if (fed.size() > 20)
      fed.erase(fed.begin() + static_cast<std::ptrdiff_t>(rng() % 10), fed.end());
  }
  void go(int n) {
    if (!other) return;
    for (int i = 0; i < n; ++i) {
      ++count->asked;
      call<&Peer::ping>(other, 0,
                        ret_do([](Count* c, Reply<int>) { ++c->heard; }, unsafe_borrow(count)));
    }
    call<&Peer::take>(other, other, std::string(rng() % 200, 'y'));
    call<&Peer::feed>(other, 0,
                      fwd_do([](const std::shared_ptr<Counter>& to, int value) { to->got(value); },
                             std::make_shared<Counter>(count)));
    for (Fed& each : fed) {
      const Fwd<int> copy = each.to;
      for (auto k = rng() % 4; k != 0; --k) copy(each.sent++);
    }
  }
  Count* count;
  std::mt19937 rng;
  Remote<Peer> other, spare;
  std::vector<Ret<int>> kept;
  std::vector<Fed> fed;
};

constexpr unsigned threads = 3;
struct Scene {
  Count count;
  Ensemble all{threads, small};
  std::array<Host, threads> hosts;
  std::array<Remote<Peer>, threads> handles;
  std::atomic<unsigned> made{0}, met{0}, running{threads};
};

void play(Scene& scene, unsigned i, unsigned seed) {
  std::mt19937 rng(seed);
  Runtime rt;
  scene.hosts[i].attach(rt);
  scene.all.seat(i, rt);
  const auto make = [&] {
    auto peer = make_actor<Peer>(rt, ret_nop, unsafe_borrow(&scene.count), seed);
    rt.run();
    return peer;
  };
  auto peer = make();
  scene.handles[i] = remote(peer);
  ++scene.made;
  while (scene.made.load() != threads) std::this_thread::yield();
  call<&Peer::meet>(peer, Remote<Peer>(scene.handles[(i + 1) % threads]));
  ++scene.met;
  while (scene.met.load() != threads) std::this_thread::yield();
  if (i == 0) scene.handles = {};
  const unsigned turns = static_cast<unsigned>(rng() % 150);
  for (unsigned t = 0; t != turns; ++t) {
    call<&Peer::go>(peer, static_cast<int>(rng() % 20));
    if (rng() % 30 == 0) {
      peer.kill("by chance");
    } else if (rng() % 30 == 0) {
      peer = make();
    }
    scene.hosts[i].says = rng() % 2 == 0;
    if (rng() % 4 == 0) {
      rt.run(rt.now(), RunLimit{.stays_awake = scene.hosts[i].says});
      scene.hosts[i].sleep(rt);
    } else {
      const bool stops = rng() % 2 != 0;  // in the middle of what has come
      rt.run(rt.now(), RunLimit{.items = stops ? std::size_t{5} : SIZE_MAX,
                                .stays_awake = scene.hosts[i].says});
    }
  }
  --scene.running;
}

TEST(RemoteStress, EachRetIsAnsweredOnceWhoeverEndsWhen) {
  const auto first = static_cast<unsigned>(troupe_test::seed());
  SCOPED_TRACE(troupe_test::seed_text());
  for (unsigned seed = first; seed != first + 60; ++seed) {
    Scene scene;
    std::mt19937 rng(seed);
    std::vector<std::thread> all;
    for (unsigned i = 0; i != threads; ++i)
      all.emplace_back([&scene, i, s = rng()] { play(scene, i, static_cast<unsigned>(s)); });
    while (scene.running.load() != 0) {  // nobody sleeps for ever
      scene.hosts[rng() % threads].wake();
      std::this_thread::yield();
    }
    for (auto& thread : all) thread.join();
    ASSERT_EQ(scene.count.asked, scene.count.heard) << "seed " << seed;
    ASSERT_EQ(scene.count.fwds, 0) << "seed " << seed;
    ASSERT_EQ(scene.count.disorder, 0) << "seed " << seed;
  }
}

// Both end at the same moment, with calls between them that hold handles: somebody destroys them.
TEST(RemoteStress, BothEndAtOnce) {
  const auto first = static_cast<unsigned>(troupe_test::seed());
  SCOPED_TRACE(troupe_test::seed_text());
  for (unsigned seed = first; seed != first + 150; ++seed) {
    Count count;
    std::array<Remote<Peer>, 2> handles;
    std::atomic<unsigned> ready{0};
    const Ensemble all(2, small);
    std::vector<std::thread> both;
    for (unsigned i = 0; i != 2; ++i)
      both.emplace_back([&, i] {
        Runtime rt;
        all.seat(i, rt);
        auto peer = make_actor<Peer>(rt, ret_nop, unsafe_borrow(&count), seed);
        rt.run();
        handles[i] = remote(peer);
        ++ready;
        while (ready.load() < 2) std::this_thread::yield();
        const Remote<Peer> other = handles[1 - i];
        ++ready;
        while (ready.load() < 4) std::this_thread::yield();
        for (unsigned k = 0; k != 3; ++k) {
          call<&Peer::take>(other, other, std::string());
          call<&Peer::feed>(
              other, 0,
              fwd_do([](const std::shared_ptr<Counter>& to, int value) { to->got(value); },
                     std::make_shared<Counter>(&count)));
          ++count.asked;
          call<&Peer::ping>(
              other, 0, ret_do([](Count* c, Reply<int>) { ++c->heard; }, unsafe_borrow(&count)));
        }
        for (unsigned k = (seed * 7919 + i * 104729) % 200; k; --k) {
          if (k % 64 == 0) rt.run();
          std::atomic_signal_fence(std::memory_order_seq_cst);
        }
      });
    for (auto& thread : both) thread.join();
    ASSERT_EQ(count.fwds, 0) << "seed " << seed;
    ASSERT_EQ(count.asked, count.heard) << "seed " << seed;
  }
}

// Sends by Fwds until it has sent enough by each, a few in each turn; copies come and go meanwhile.
struct Feeds {
  Feeds(int n, unsigned seed, bool* d) : most(n), rng(seed), done(d) {}
  void feed(Fwd<int> to) { all.push_back({std::move(to)}); }
  void close() { closed = true; }
  void go() {
    std::vector<Fwd<int>> copies;
    for (Fed& each : all) {
      for (auto n = rng() % 4; n != 0; --n) {
        if (rng() % 4 == 0) copies.push_back(each.to);
        each.to(each.sent++);
        ++sent;
      }
    }
    std::erase_if(all, [this](const Fed& each) { return each.sent >= most; });
    *done = closed && all.empty();
  }
  std::uint64_t count_sent() { return sent; }
  int most;
  std::mt19937 rng;
  bool* done;
  bool closed = false;
  std::uint64_t sent = 0;
  std::vector<Fed> all;
};

// What Fwds are given on another thread comes in order and once, or is counted as refused; their
// ends come behind it.
TEST(RemoteStress, EachValueOfAFwdComesOrIsRefused) {
  const auto first = static_cast<unsigned>(troupe_test::seed());
  SCOPED_TRACE(troupe_test::seed_text());
  constexpr int fwds = 40, most = 200;
  for (unsigned seed = first; seed != first + 5; ++seed) {
    const Ensemble all(2, small);
    Count count;
    Runtime rt;
    all.seat(0, rt);
    const auto peer = make_actor<Peer>(rt, ret_nop, unsafe_borrow(&count), seed);
    rt.run();
    Remote<Feeds> feeds;
    std::atomic<bool> made{false}, over{false};
    std::uint64_t refused = 0, sent = 0;
    std::thread away([&, back = remote(peer)] {
      bool done = false;
      Runtime its;
      its.set_logger(LogFilter(), nullptr);
      all.seat(1, its);
      auto actor = make_actor<Feeds>(its, ret_nop, most, seed, unsafe_borrow(&done));
      its.run();
      feeds = remote(actor);
      made = true;
      while (!done) {
        call<&Feeds::go>(actor);
        its.run();
      }
      refused = refused_calls(back);
      sent = query<&Feeds::count_sent>(its, actor).value_or(0);
      while (!over) {
        its.run();
        std::this_thread::yield();
      }
    });
    while (!made) std::this_thread::yield();
    std::uint64_t values = 0;
    std::mt19937 rng(seed);
    for (int n = 0; n != fwds; ++n) {
      call<&Feeds::feed>(
          feeds, fwd_do(
                     [](std::uint64_t* total, const std::shared_ptr<Counter>& to, int value) {
                       to->got(value);
                       ++*total;
                     },
                     unsafe_borrow(&values), std::make_shared<Counter>(&count)));
      if (rng() % 2 == 0) rt.run();
    }
    call<&Feeds::close>(feeds);
    while (count.fwds != 0) {
      rt.run();
      if (rng() % 8 == 0) std::this_thread::yield();
    }
    over = true;
    away.join();
    EXPECT_EQ(count.disorder, 0);
    EXPECT_EQ(values + refused, sent);
    EXPECT_GE(sent, std::uint64_t{fwds} * most);
  }
}

struct Ball {
  explicit Ball(bool* d) : done(d) {}
  void hit(Remote<Ball> back, int left) {
    if (left == 0)
      *done = true;
    else
      call<&Ball::hit>(back, to_me, left - 1);
    if (left <= 1) *done = true;
  }
  void know(Remote<Ball> me) { to_me = std::move(me); }
  bool* done;
  Remote<Ball> to_me;
};

// Both sleep whenever there is nothing to do, and only a call wakes them: a wake that is lost is a
// test that does not end.
void expect_no_wake_to_be_lost(bool says) {
  constexpr int rounds = 5000;
  const Ensemble all(2);
  std::array<Remote<Ball>, 2> handles;
  std::array<Host, 2> hosts;
  std::atomic<unsigned> ready{0};
  std::vector<std::thread> both;
  for (unsigned i = 0; i != 2; ++i)
    both.emplace_back([&, i] {
      bool done = false;
      Runtime rt;
      hosts[i].attach(rt);
      hosts[i].says = says;
      all.seat(i, rt);
      auto ball = make_actor<Ball>(rt, ret_nop, unsafe_borrow(&done));
      rt.run();
      handles[i] = remote(ball);
      call<&Ball::know>(ball, handles[i]);
      rt.run();
      ++ready;
      while (ready.load() < 2) std::this_thread::yield();
      if (i == 0) call<&Ball::hit>(handles[1], handles[0], rounds);
      while (!done) {
        rt.run(rt.now(), RunLimit{.stays_awake = says});
        if (!done) hosts[i].sleep(rt);
      }
      rt.run();
    });
  for (auto& thread : both) thread.join();
}
TEST(RemoteStress, NoWakeIsLost) { expect_no_wake_to_be_lost(false); }
TEST(RemoteStress, NoWakeIsLostWhereHostsSayThatTheySleep) { expect_no_wake_to_be_lost(true); }

}  // namespace remote_stress_test
}  // namespace troupe
