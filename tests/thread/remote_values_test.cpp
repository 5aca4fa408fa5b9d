// thread/remote_values_test.cpp: values that call where they are moved or destroyed, handles that
// are made or go while a runtime ends, and chunks that are larger than others.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/thread.hpp>
#include <utility>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace remote_values_test {

using troupe_test::say;
using troupe_test::told;

struct Peer;
struct CallsWhenItDies {
  CallsWhenItDies(Remote<Peer> f, std::shared_ptr<int> h) : far(std::move(f)), held(std::move(h)) {}
  CallsWhenItDies(CallsWhenItDies&&) noexcept = default;
  inline ~CallsWhenItDies();
  Remote<Peer> far;
  std::shared_ptr<int> held;
};
struct CallsWhenItMoves {
  explicit CallsWhenItMoves(Remote<Peer> f) : far(std::move(f)) {}
  inline CallsWhenItMoves(CallsWhenItMoves&&) noexcept;
  Remote<Peer> far;
};

struct Peer {
  void add(int n) { say("", n); }
  void hold(std::shared_ptr<int>) {}
  void keep(Ret<int> ret) { kept.push_back(std::move(ret)); }
  void take(CallsWhenItDies) {}
  void take_moved(CallsWhenItMoves) {}
  void ask_moved(CallsWhenItMoves, Ret<int> ret) { kept.push_back(std::move(ret)); }
  void meet(Remote<Peer>) {}
  void send_on(Remote<Peer> to, Ret<int> ret) { call<&Peer::keep>(to, std::move(ret)); }
  void answer_all() {
    for (Ret<int>& ret : std::exchange(kept, {})) ret(7);
  }
  std::vector<Ret<int>> kept;
};
Ret<int> hears() {
  return ret_do([](Reply<int> r) {
    if (r)
      say("=", *r);
    else
      say("!", to_string(r.error().why()));
  });
}
CallsWhenItDies::~CallsWhenItDies() {
  if (far) call<&Peer::hold>(far, std::move(held));
}
CallsWhenItMoves::CallsWhenItMoves(CallsWhenItMoves&& other) noexcept : far(std::move(other.far)) {
  call<&Peer::keep>(far, hears());
}

class RemoteValuesTest : public troupe_test::BalancedTest {
 protected:
  RemoteValuesTest() {
    for (unsigned i = 0; i != 3; ++i) {
      rt_[i].emplace();
      all_.seat(i, *rt_[i]);
      peer_[i] = make_actor<Peer>(*rt_[i], ret_nop);
      rt_[i]->run();
      far_[i] = remote(peer_[i]);
    }
  }
  template <class F> void in(unsigned i, F f) {
    defer(*rt_[i], [](F body) { body(); }, unsafe_capture(std::move(f)));
    rt_[i]->run();
  }
  void run_all() {
    for (int n = 0; n != 6; ++n)
      for (auto& rt : rt_)
        if (rt) rt->run();
  }
  void end(unsigned i) {
    peer_[i] = {};
    rt_[i].reset();
  }
  int wakes_ = 0;
  Ensemble all_{3};
  std::array<std::optional<Runtime>, 3> rt_;
  std::array<ActorOwn<Peer>, 3> peer_;
  std::array<Remote<Peer>, 3> far_;
};

// ---- destroyed
// The writer destroys what the other runtime has left unread: what that calls is refused.
TEST_F(RemoteValuesTest, WhatIsDestroyedBehindAnEndMayCall) {
  const auto held = std::make_shared<int>(1);
  in(0, [this] { call<&Peer::add>(far_[1], 1); });
  run_all();
  in(0, [&] {
    end(1);
    call<&Peer::take>(far_[1], CallsWhenItDies(far_[1], held));
  });
  rt_[0]->run();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(RemoteValuesTest, WhatDiesUnreadWithItsRuntimeMayCall) {
  const auto held = std::make_shared<int>(1);
  in(0, [&] {
    for (const Remote<Peer>& far : far_) call<&Peer::take>(far_[1], CallsWhenItDies(far, held));
  });
  end(1);
  run_all();
  EXPECT_EQ(held.use_count(), 1);
}

// What was made before the seat was given hears of the end behind the lanes.
TEST_F(RemoteValuesTest, WhatHearsOfTheEndLastMayCall) {
  const auto held = std::make_shared<int>(1);
  const Ensemble two(2);
  std::optional<Runtime> rt(std::in_place), other(std::in_place);
  auto calls = std::make_shared<CallsWhenItDies>(Remote<Peer>(), held);
  CallsWhenItDies& later = *calls;
  const Waker waker(rt->core(), fwd_do([](const std::shared_ptr<CallsWhenItDies>&, WakerNotice) {},
                                       std::move(calls)));
  two.seat(0, *rt);
  two.seat(1, *other);
  const auto peer = make_actor<Peer>(*other, ret_nop);
  other->run();
  later.far = remote(peer);
  rt.reset();
  EXPECT_EQ(held.use_count(), 1);
}

// ---- moved
// What is made in the middle of another record counts its own cells.
TEST_F(RemoteValuesTest, AMoveThatAsksLeavesTheCellsOfItsCallAlone) {
  in(0, [this] {
    for (int n = 0; n != 56 * 3; ++n) {
      call<&Peer::ask_moved>(far_[1], CallsWhenItMoves(far_[1]), hears());
      call<&Peer::keep>(far_[1], hears());
    }
  });
  run_all();
  in(1, [this] { call<&Peer::answer_all>(peer_[1]); });
  run_all();
  const std::string all = told();
  EXPECT_EQ(all.find('!'), std::string::npos) << all;
}

TEST_F(RemoteValuesTest, OutsideOfARunAMoveThatCallsGoesAtOnceAsWell) {
  rt_[0]->set_poll_waker(unsafe_capture([this] { ++wakes_; }));
  call<&Peer::take_moved>(far_[0], CallsWhenItMoves(far_[0]));  // by runtime 2
  EXPECT_EQ(wakes_, 1);
  rt_[0]->run();
  EXPECT_GE(rt_[0]->items_run(), 2u);
  call<&Peer::answer_all>(peer_[0]);
  run_all();
  told();
}

// ---- handles at the end
struct MakesRemotes {
  MakesRemotes(Actor<Peer> p, Remote<Peer> f) : peer(std::move(p)), far(std::move(f)) {}
  ~MakesRemotes() {
    for (int n = 0; n != 3; ++n) {
      const Remote<Peer> mine = remote(peer);
      call<&Peer::meet>(far, mine);
      far = mine;
    }
  }
  Actor<Peer> peer;
  Remote<Peer> far;
};
TEST_F(RemoteValuesTest, WhatEndsMayMakeRemotes) {
  const auto dies = make_actor<MakesRemotes>(*rt_[1], ret_nop, peer_[1].actor(), far_[1]);
  rt_[1]->run();
  far_[1] = {};
  rt_[1].reset();
}

// Remotes go on one thread while their runtime ends on another.
TEST(RemoteEnd, RemotesMayGoAtAnyMoment) {
  for (int round = 0; round != 100; ++round) {
    const Ensemble all(1);
    std::vector<Remote<Peer>> remotes;
    std::atomic<bool> begun = false;
    std::thread drops;
    {
      Runtime rt;
      all.seat(0, rt);
      const auto peer = make_actor<Peer>(rt, ret_nop);
      for (int n = 0; n != 100; ++n) remotes.push_back(remote(peer));
      drops = std::thread([&] {
        begun = true;
        while (!remotes.empty()) remotes.pop_back();
      });
      while (!begun) {}
    }
    drops.join();
  }
}

// ---- one between two others
// What it owes for another is lost when it ends, whichever of the two it tells first.
TEST_F(RemoteValuesTest, ARetSentOnIsLostWhereTheOneBetweenEnds) {
  in(0, [this] { call<&Peer::send_on>(far_[1], far_[2], hears()); });
  in(2, [this] { call<&Peer::send_on>(far_[1], far_[0], hears()); });
  rt_[1]->run();
  end(1);
  run_all();
  EXPECT_EQ(told(), "!lost !lost");
  call<&Peer::answer_all>(peer_[0]);
  call<&Peer::answer_all>(peer_[2]);
  run_all();
  EXPECT_EQ(told(), "");
}

// ---- the bound
class BoundTest : public troupe_test::BalancedTest {
 protected:
  struct Sink {
    void add(int) { ++adds; }
    void large(std::array<char, 1000>) { ++larges; }
    void keep(Ret<int> ret) { kept.push_back(std::move(ret)); }
    void answer_all() {
      for (Ret<int>& ret : std::exchange(kept, {})) ret(7);
    }
    int count_adds() { return adds; }
    int count_larges() { return larges; }
    int adds = 0, larges = 0;
    std::vector<Ret<int>> kept;
  };
  BoundTest() {
    all_.seat(0, to_);
    all_.seat(1, from_);
    from_.set_logger(LogFilter(), nullptr);
    sink_ = make_actor<Sink>(to_, ret_nop);
    source_ = make_actor<Sink>(from_, ret_nop);
    to_.run();
    from_.run();
  }
  int adds() { return query<&Sink::count_adds>(to_, sink_).value_or(-1); }
  int larges() { return query<&Sink::count_larges>(to_, sink_).value_or(-1); }
  Ensemble all_{2, {.lane_bound = 4096, .lane_chunk = 512, .publish = 128}};
  Runtime to_, from_;
  ActorOwn<Sink> sink_, source_;
};

// Chunks that a burst has left do not count against a larger call.
TEST_F(BoundTest, ALargeCallFindsRoomOnceTheReceiverHasCaughtUp) {
  const auto far = remote(sink_);
  for (int round = 1; round != 4; ++round) {
    for (int n = 0; n != 300; ++n) call<&Sink::add>(far, 0);
    to_.run();
    call<&Sink::large>(far, std::array<char, 1000>{});
    to_.run();
    EXPECT_EQ(larges(), round);
  }
}

// Answers go beyond the bound; calls wait within it all the same.
TEST_F(BoundTest, WhatAnswersHaveTakenIsNoRoomForCalls) {
  const auto back = remote(source_);
  for (int round = 0; round != 100; ++round) {
    defer(
        to_,
        [](Remote<Sink> far) {
          for (int n = 0; n != 10; ++n) call<&Sink::keep>(far, ret_do([](Reply<int>) {}));
        },
        back);
    to_.run();
    from_.run();
  }
  call<&Sink::answer_all>(source_);
  from_.run();
  to_.run();
  const auto far = remote(sink_);
  for (int n = 0; n != 3000; ++n) call<&Sink::add>(far, 0);
  to_.run();
  EXPECT_GT(adds(), 0);
  EXPECT_LT(adds(), 4096 / 16);
}

}  // namespace remote_values_test
}  // namespace troupe
