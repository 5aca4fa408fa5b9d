// thread/remote_order_test.cpp: what one runtime sends to another is heard in the order in which it
// was sent: calls, which run in place, answers and values of Fwds, which are records of the queue
// there, and those for functions, which run in place, too.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <utility>
#include <vector>

#include "support/recorder.hpp"
#include "support/seed.hpp"

namespace troupe {
namespace remote_order_test {

using troupe_test::say;
using troupe_test::told;

struct Hears {
  void heard(int n, const Reply<>& reply) { say(reply ? "=" : "!", n); }
  void add(int n) { say("", n); }
  void hold(const std::shared_ptr<int>&) {}
  void spin(Cx<Hears>& cx) { call<&Hears::spin>(cx); }
};
struct Sends {
  // As the letters say: a call, a value of a Fwd to an actor (`f`) or a function (`F`), an answer
  // to an actor (`a`), a function (`A`, and `L` with a limit in time) or a task (`t`), or a Ret
  // that is dropped.
  void send(Remote<Hears> far, Fwd<int> fwd, Fwd<int> function, std::string what) {
    std::size_t ret = 0;
    for (std::size_t n = 0; n != what.size(); ++n) {
      if (what[n] == 'c')
        call<&Hears::add>(far, static_cast<int>(n));
      else if (what[n] == 'f')
        fwd(static_cast<int>(n));
      else if (what[n] == 'F')
        function(static_cast<int>(n));
      else if (what[n] == 'a' || what[n] == 'A' || what[n] == 'L' || what[n] == 't')
        rets[ret++]();
      else
        rets[ret++] = nullptr;
    }
    rets.clear();
  }
  void keep(Ret<> ret) { rets.push_back(std::move(ret)); }
  void answer_and_call(Remote<Hears> far, Ret<int> ret) {
    ret(1);
    call<&Hears::add>(far, 2);
  }
  void pass(Remote<Hears> far, std::shared_ptr<int> held, Ret<> ret) {
    call<&Hears::hold>(far, held);
    ret();
    call<&Hears::hold>(far, held);
  }
  std::vector<Ret<>> rets;
};

class RemoteOrderTest : public troupe_test::BalancedTest {
 protected:
  RemoteOrderTest() {
    all_.seat(1, *away_);
    all_.seat(0, *home_);
    hears_ = make_actor<Hears>(*home_, ret_nop);
    sends_ = make_actor<Sends>(*away_, ret_nop);
    both();
    far_hears_ = remote(hears_);
    far_sends_ = remote(sends_);
  }
  void both(int times = 4) {
    for (int n = 0; n != times; ++n)
      for (auto* rt : {&home_, &away_})
        if (*rt) (*rt)->run();
  }
  static void hears(int n, const Reply<>& reply) { say(reply ? "=" : "!", n); }
  static Task<> waits(Remote<Sends> to, int n) {
    const Reply<> reply = co_await ask<&Sends::keep>(to).reply();
    hears(n, reply);
  }
  // Has that sent. @returns what is heard of it, in order
  std::string send(const std::string& what) {
    std::string expected;
    for (std::size_t n = 0; n != what.size(); ++n) {
      const int i = static_cast<int>(n);
      if (what[n] == 'a' || what[n] == 'd')
        call<&Sends::keep>(far_sends_, ret_to<&Hears::heard>(hears_, i));
      else if (what[n] == 'A' || what[n] == 'D')
        call<&Sends::keep>(far_sends_, ret_do(&hears, i));
      else if (what[n] == 'L')
        call<&Sends::keep>(far_sends_,
                           Ret<>(ret_do(&hears, i)).with_timeout(*home_, std::chrono::seconds(1)));
      else if (what[n] == 't' || what[n] == 'T')
        spawn(*home_, &waits, ret_nop, far_sends_, i), home_->run();
      if (n != 0) expected += ' ';
      if (std::string("aALt").contains(what[n])) expected += '=';
      if (std::string("dDT").contains(what[n])) expected += '!';
      expected += std::to_string(n);
    }
    call<&Sends::send>(far_sends_, far_hears_, fwd_to<&Hears::add>(hears_),
                       fwd_do([](int n) { say("", n); }), what);
    away_->run();
    return expected;
  }
  Ensemble all_{2, {.lane_chunk = 256, .publish = 64, .slice = 3}};
  std::optional<Runtime> home_{std::in_place}, away_{std::in_place};
  ActorOwn<Hears> hears_;
  ActorOwn<Sends> sends_;
  Remote<Hears> far_hears_;
  Remote<Sends> far_sends_;
};

TEST_F(RemoteOrderTest, ACallBehindAnAnswerIsHeardBehindIt) {
  for (const char* what : {"ac", "cac", "aacc", "dc", "cdcac", "acacacacacacacac", "ccaacdccdaac",
                           "fc", "cfcffc", "afdcfaffdcfca"}) {
    const std::string expected = send(what);
    both();
    EXPECT_EQ(told(), expected);
  }
}

// A function runs where its answer comes, but not before what was sent before that.
TEST_F(RemoteOrderTest, AFunctionHearsBehindTheActorsAndTasksBeforeIt) {
  for (const char* what : {"aA", "tA", "fF", "tF", "aD", "TA", "tL", "AaA", "FfFcF", "aAc",
                           "tAtFcD", "AAAaaaAAA", "DdTctTLaAfF", "fDaFAcdFFftTc"}) {
    const std::string expected = send(what);
    both();
    EXPECT_EQ(told(), expected);
  }
}

// Whatever limits cut the home side's runs short, and whatever its queue holds.
TEST_F(RemoteOrderTest, TheOrderHoldsWhereverARunStops) {
  std::mt19937 rng(static_cast<unsigned>(troupe_test::seed()));
  SCOPED_TRACE(troupe_test::seed_text());
  for (int round = 0; round != 200; ++round) {
    std::string what;
    for (auto n = rng() % 60; n != 0; --n) what += "cafdtTAFDL"[rng() % 10];
    const std::string expected = send(what);
    while (home_->run(Instant{}, RunLimit{.items = 1 + rng() % 4}).work) {}
    EXPECT_EQ(told(), expected);
  }
}

TEST_F(RemoteOrderTest, ATaskGoesOnBeforeACallBehindItsAnswerRuns) {
  struct Asks {
    static Task<> asks(Remote<Sends> to, Remote<Hears> far) {
      const int n = co_await ask<&Sends::answer_and_call>(to, far);
      say("=", n);
    }
  };
  spawn(*home_, &Asks::asks, ret_nop, far_sends_, far_hears_);
  both();
  EXPECT_EQ(told(), "=1 2");
}

// A queue that never empties holds up nothing.
TEST_F(RemoteOrderTest, ALaneGoesOnThoughTheQueueIsNeverEmpty) {
  const auto spins = make_actor<Hears>(*home_, ret_nop);
  call<&Hears::spin>(spins);
  const std::string expected = send("cacacadcfcfcaAfFcaDfLF");
  home_->run(Instant{}, RunLimit{.items = 100});
  EXPECT_EQ(told(), expected);
}

TEST_F(RemoteOrderTest, TheReaderMayEndWhereverItStands) {
  for (std::size_t items = 1; items != 6; ++items) {
    SCOPED_TRACE(items);
    const Ensemble two(2);
    std::optional<Runtime> reader(std::in_place);
    two.seat(0, *reader);
    const auto held = std::make_shared<int>(1);
    auto hears = make_actor<Hears>(*reader, ret_nop);
    reader->run();
    Runtime writer;
    two.seat(1, writer);
    const auto sends = make_actor<Sends>(writer, ret_nop);
    writer.run();
    defer(
        *reader,
        [](Actor<Hears> h, Remote<Sends> to, Remote<Hears> far, std::shared_ptr<int> p) {
          call<&Sends::pass>(to, far, std::move(p), ret_to<&Hears::heard>(h, 1));
        },
        hears.actor(), remote(sends), remote(hears), held);
    reader->run();
    writer.run();
    reader->run(Instant{}, RunLimit{.items = items});
    EXPECT_EQ(told(), items < 3 ? "" : "=1");
    hears = {};
    reader.reset();
    writer.run();
    both();
    EXPECT_EQ(held.use_count(), 1);
    told();
  }
}

}  // namespace remote_order_test
}  // namespace troupe
