// core/queue_bound_test.cpp: what becomes of calls, timers, ends and actors when a queue or the
// pool is at its bound.
#include <troupe/core/runtime.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <troupe/core.hpp>
#include <vector>

#include "support/allocations.hpp"
#include "support/recorder.hpp"
#include "support/worker.hpp"

namespace troupe {
namespace queue_bound_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;
using troupe_test::Worker;

constexpr Instant at_s(int seconds) { return Instant(std::chrono::seconds(seconds)); }

using QueueBoundTest = troupe_test::RecordedTest;

// ---- bounds
TEST_F(QueueBoundTest, CallsBeyondTheBoundAreRefusedAndTheirRetsHearOverloaded) {
  Runtime rt;
  rt.set_max_queued(8192);
  auto own = make_actor<Worker>(rt, ret_nop);
  auto asker = make_actor<Worker>(rt, ret_nop, std::string("asker"));
  rt.run();
  std::size_t calls = 0;
  while (calls < 100'000 && told().empty()) call<&Worker::take>(own, tell_int("ret")), ++calls;
  EXPECT_LT(calls, 2000u) << "give or take one chunk";
  EXPECT_GT(calls, 10u);
  // One that goes to an actor is told in the room that was reserved for it.
  call<&Worker::take>(own, ret_to<&Worker::got>(asker));
  rt.run();
  const std::string all = told();
  EXPECT_NE(all.find("got!overloaded"), std::string::npos) << all;
  EXPECT_NE(all.find("ret=1"), std::string::npos);
  call<&Worker::work>(own, 7);
  rt.run();
  EXPECT_EQ(told(), "w7") << "there is room again";
}

TEST_F(QueueBoundTest, TheBoundHoldsForCallsThatCarryARetToAnActor) {
  struct Server {
    void get(Ret<int> ret) { ret(1); }
  };
  struct Client {
    void answer(Reply<int> reply) {
      ++(reply ? ok : reply.error().why() == Why::overloaded ? over : other);
    }
    void burst(Cx<Client>& cx, const Actor<Server>& server, int n) {
      for (int i = 0; i < n; ++i) call<&Server::get>(server, ret_to<&Client::answer>(cx));
      queued = detail::kernel_here(cx).main.bytes();
    }
    int sum() const { return ok + over; }
    int answered() const { return ok; }
    std::size_t bytes() const { return queued; }
    int ok = 0, over = 0, other = 0;
    std::size_t queued = 0;
  };
  constexpr std::size_t bound = 64 * 1024;
  Runtime rt;
  rt.set_max_queued(bound);
  auto server = make_actor<Server>(rt, ret_nop);
  auto client = make_actor<Client>(rt, ret_nop);
  rt.run();
  for (int round = 0; round < 3; ++round) {
    call<&Client::burst>(client, server.actor(), 100'000);
    rt.run();
    EXPECT_EQ(query<&Client::sum>(rt, client), 100'000 * (round + 1)) << "each is answered";
    EXPECT_LE(query<&Client::bytes>(rt, client), bound + bound / 4);
    EXPECT_LE(query<&Client::answered>(rt, client), 2000 * (round + 1)) << "calls of 48 bytes";
    EXPECT_GE(query<&Client::answered>(rt, client), 1000);
    EXPECT_EQ(rt.live_rets(), 0u);
  }
}

TEST_F(QueueBoundTest, KillsBeyondTheBoundOpenNoRoomForOthers) {
  Runtime rt;
  std::vector<ActorOwn<Worker>> all;
  for (int i = 0; i < 500; ++i) all.push_back(make_actor<Worker>(rt, ret_nop, std::string("x")));
  rt.run();
  rt.set_max_queued(1);
  int taken = 0;
  for (const auto& own : all) {
    own.kill("enough");
    for (int i = 0; i < 100; ++i) defer(rt, [](int* n) { ++*n; }, unsafe_borrow(&taken));
  }
  rt.run();
  EXPECT_LT(taken, 3000) << "one chunk, of 64 KiB at most";
  EXPECT_EQ(rt.actors().size(), 0u);
  told();
  defer(rt, [] { say("room"); });
  rt.run();
  EXPECT_EQ(told(), "room");
}

TEST_F(QueueBoundTest, RoomOfKillsStaysClosedToOthersFromRunToRun) {
  Runtime rt;
  rt.set_poll_waker([] {});
  std::vector<ActorOwn<Worker>> all;
  for (int i = 0; i < 500; ++i) all.push_back(make_actor<Worker>(rt, ret_nop, std::string("x")));
  rt.run();
  rt.set_max_queued(1);
  int taken = 0;
  for (const auto& own : all) {
    own.kill("enough");
    for (int i = 0; i < 100; ++i) defer(rt, [](int* n) { ++*n; }, unsafe_borrow(&taken));
    rt.run(rt.now(), RunLimit{.items = 1});
  }
  rt.run();
  EXPECT_LT(taken, 3000) << "one chunk, and one record for each that has run";
  EXPECT_EQ(rt.actors().size(), 0u);
  told();
}

TEST_F(QueueBoundTest, AnEmptyQueueTakesAnyOneRecordWhateverTheBound) {
  using Large = std::array<char, 20'000>;
  Runtime rt;
  rt.set_max_queued(1);
  defer(rt, [] {});
  rt.run();
  for (int i = 0; i < 3; ++i) {
    defer(rt, [](const Large&) { say("large"); }, Large{});
    defer(rt, [](const Large&) { say("refused"); }, Large{});
    rt.run();
    EXPECT_EQ(told(), "large");
  }
  // A timer that is larger than the bound comes by itself, and leaves nothing to spin for.
  for (int i = 0; i < 3; ++i) after(rt, 1s, [](const Large&) { say("timer"); }, Large{});
  int runs = 0;
  for (rt.run(rt.now() + 2s); rt.next_wait(rt.now()) == Duration::zero() && runs < 10; ++runs)
    rt.run();
  EXPECT_EQ(told(), "timer timer timer");
  EXPECT_LE(runs, 3);
  EXPECT_FALSE(rt.next_wait(rt.now()).has_value());
}

TEST_F(QueueBoundTest, DueTimersThatFindNoRoomComeWhenThereIsSome) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, ret_nop);
  rt.run();
  rt.set_max_queued(4096);
  static int fired;
  fired = 0;
  for (int i = 0; i < 3000; ++i)
    at(
        rt, at_s(1),
        [](int n) {
          EXPECT_EQ(n, fired);
          ++fired;
        },
        i);
  rt.run(at_s(1));
  EXPECT_LT(fired, 3000);
  for (int runs = 0; fired < 3000 && runs < 200; ++runs) {
    EXPECT_EQ(rt.next_wait(at_s(1)), Duration::zero()) << "some are due";
    rt.run(at_s(1));
  }
  EXPECT_EQ(fired, 3000);
}

TEST_F(QueueBoundTest, AShutdownIsNotLostInAFullQueue) {
  Runtime rt;
  rt.set_max_queued(4096);
  Ret<StopCause> ret = ret_shutdown(rt);
  for (int i = 0; i < 5000; ++i) defer(rt, [] {});
  ret(StopCause::stopped);
  rt.run();
  EXPECT_FALSE(rt.not_shutdown());
}

TEST_F(QueueBoundTest, AKillIsNotLostInAFullQueue) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, tell_end("w"));
  rt.run();
  rt.set_max_queued(4096);
  for (int i = 0; i < 5000; ++i) defer(rt, [] {});
  own.kill("enough");
  rt.run();
  EXPECT_EQ(told(), "~w w:killed(enough)");
}

TEST_F(QueueBoundTest, AnOwnersEndIsNotLostInAFullQueue) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, tell_end("w"));
  rt.run();
  rt.set_max_queued(4096);
  for (int i = 0; i < 5000; ++i) defer(rt, [] {});
  own = {};
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "~w w:dropped");
}

TEST_F(QueueBoundTest, AnActorThatCannotBeQueuedFails) {
  Runtime rt;
  rt.set_max_queued(4096);
  for (int i = 0; i < 5000; ++i) defer(rt, [] {});
  auto own = make_actor<Worker>(rt, tell_end("w"));
  rt.run();
  EXPECT_TRUE(own.is_zombie());
  EXPECT_EQ(told(), "w:failed(overloaded)");
}

#if TROUPE_EXCEPTIONS
TEST_F(QueueBoundTest, ThePoolHasABound) {
  Runtime rt;
  rt.set_max_pool(2 * detail::Block::size);
  std::vector<ActorOwn<Worker>> all;
  EXPECT_THROW(
      {
        for (int i = 0; i < 100'000; ++i)
          all.push_back(make_actor<Worker>(rt, ret_nop, std::string()));
      },
      std::bad_alloc);
  EXPECT_LE(rt.pool_bytes(), 2 * detail::Block::size);
  EXPECT_GT(all.size(), 1000u);
  all.clear();
  rt.run();
  told();
  auto again = make_actor<Worker>(rt, ret_nop);
  rt.run();
  EXPECT_EQ(query<&Worker::count>(rt, again), 0);
}
#endif

}  // namespace queue_bound_test
}  // namespace troupe
