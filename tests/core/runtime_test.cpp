// core/runtime_test.cpp: turns of the loop: limits, bounds, exceptions, waits, listings, and the
// end.
#include <troupe/core/runtime.hpp>

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/core/log_sinks.hpp>
#include <vector>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace runtime_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

constexpr Instant at_s(int seconds) { return Instant(std::chrono::seconds(seconds)); }

using RuntimeTest = troupe_test::RecordedTest;

struct Worker {
  explicit Worker(std::string n = "w") : name(std::move(n)) {}
  ~Worker() { say("~", name); }
  void work(int v) { say(name, v); }
  void fail(Cx<Worker>& cx) { cx.fail("broken"); }
  void stop(Cx<Worker>& cx) { cx.stop(); }
  void take(Ret<int> ret) { ret(1); }
  void keep(Ret<int> ret) { kept.push_back(std::move(ret)); }
  void rename(Cx<Worker>& cx, const std::string& n) { cx.set_name(n); }
  void got(Reply<int> reply) {
    if (reply)
      say("got=", *reply);
    else
      say("got!" + std::string(to_string(reply.error().why())));
  }
  void spin(Cx<Worker>& cx) {
    say("spin");
    call<&Worker::spin>(cx);
  }
  void spin_lazily(Cx<Worker>& cx) {
    ++spins;
    lazy<&Worker::spin_lazily>(cx);
  }
  int count() const { return spins; }
  const std::string& text() const { return name; }
  int throws() { TROUPE_THROW(std::runtime_error("thrown")); }
  void set(int v) { spins = v; }
  std::string name;
  std::vector<Ret<int>> kept;
  int spins = 0;
};

// ---- limits
TEST_F(RuntimeTest, ItemsBoundARun) {
  Runtime rt;
  for (int i = 0; i < 5; ++i) defer(rt, [](int n) { say("", n); }, i);
  RunResult left = rt.run(at_s(0), RunLimit{.items = 2});
  EXPECT_TRUE(left.work);
  EXPECT_EQ(told(), "0 1");
  left = rt.run(at_s(0), RunLimit{.items = 2});
  EXPECT_TRUE(left.work);
  left = rt.run(at_s(0), RunLimit{.items = 2});
  EXPECT_FALSE(left.work);
  EXPECT_EQ(told(), "2 3 4");
  EXPECT_EQ(rt.items_run(), 5u);
}

TEST_F(RuntimeTest, ABusyActorCannotStallALimitedRun) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, ret_nop);
  call<&Worker::spin>(own);
  EXPECT_TRUE(rt.run(at_s(0), RunLimit{.items = 4}).work);
  EXPECT_EQ(told(), "spin spin spin");
  EXPECT_EQ(rt.next_wait(at_s(0)), Duration::zero()) << "work is queued";
  call<&Worker::stop>(own);
  EXPECT_FALSE(rt.run(at_s(0), RunLimit{.items = 10}).work);
}

thread_local int looks_left = 0;
Instant counting_clock() { return at_s(looks_left-- > 0 ? 0 : 9); }

TEST_F(RuntimeTest, AnInstantBoundsARun) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, ret_nop);
  call<&Worker::spin>(own);
  looks_left = 3;
  EXPECT_TRUE(rt.run(at_s(0), RunLimit{.until = at_s(9), .clock = &counting_clock}).work);
  EXPECT_LE(rt.items_run(), 5 * 64u);
  EXPECT_GE(rt.items_run(), 3 * 64u);
}

TEST_F(RuntimeTest, AnInstantBoundsLazyWorkToo) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, ret_nop);
  lazy<&Worker::spin_lazily>(own);
  looks_left = 3;
  EXPECT_TRUE(rt.run(at_s(0), RunLimit{.until = at_s(9), .clock = &counting_clock}).work);
  EXPECT_LE(query<&Worker::count>(rt, own).value(), 5 * 64);
}

TEST_F(RuntimeTest, ALimitInsideALazyBatchKeepsTheOrder) {
  const auto fill = [](Core& core) {
    for (int i = 0; i < 3; ++i)
      lazy(
          core,
          [](Core& c, int n) {
            say("L", n);
            defer(c, [](int m) { say("child", m); }, n);
            if (n == 0) lazy(c, [] { say("next"); });
          },
          i);
    defer(core, [] { say("main"); });
  };
  std::string whole;
  {
    Runtime rt;
    fill(rt);
    rt.run();
    whole = told();
    EXPECT_EQ(whole, "main L0 L1 L2 child0 child1 child2 next");
  }
  for (std::size_t items = 1; items < 8; ++items) {
    Runtime rt;
    fill(rt);
    int runs = 0;
    while (rt.run(at_s(0), RunLimit{.items = items}).work) ASSERT_LT(++runs, 20);
    EXPECT_EQ(told(), whole) << "limit " << items;
  }
  Runtime rt;
  fill(rt);
  while (rt.run_one()) {}
  EXPECT_EQ(told(), whole);
}

TEST_F(RuntimeTest, AMainItemOfTheHostBeforeTheFirstLazyOneStillComesFirst) {
  Runtime rt;
  defer(rt, [] { say("main"); });
  lazy(rt, [] { say("lazy"); });
  EXPECT_TRUE(rt.run_one());
  defer(rt, [] { say("second"); });
  while (rt.run_one()) {}
  EXPECT_EQ(told(), "main second lazy");
}

TEST_F(RuntimeTest, ForEverInAnyUnitIsAsLongAsThereIs) {
  using std::chrono::hours;
  using Hour = std::chrono::time_point<Clock, hours>;
  Runtime rt(Hour(1h));
  EXPECT_EQ(rt.now(), Instant(1h));
  EXPECT_EQ(rt.next_wait_max(rt.now(), hours::max(), false), Duration::max());
  after(rt, 1h, [] {});
  EXPECT_EQ(rt.next_wait_max(Hour(1h), hours::max(), false), 1h);
  EXPECT_EQ(rt.next_wait(Hour::max()), Duration::zero());
  for (int i = 0; i < 200; ++i) defer(rt, [] {});
  EXPECT_FALSE(rt.run(rt.now(), RunLimit{.until = Hour::max()}).work) << "no limit";
  rt.set_park_limit(hours::max());
  rt.set_end_wait(hours::min());
  run_virtual(rt, Hour::min());
  EXPECT_EQ(rt.now(), Instant(1h));
}

// ---- what counts against a limit
struct Held {
  explicit Held(int first) { say("made", first); }
  ~Held() { say("~"); }
  static void prepare(Prep<Held>& prep) { prep.ready(0); }
  static void prepare_reply(Prep<Held>& prep, Reply<int> reply) { prep.ready(reply.value_or(-1)); }
  void take(int v, Ret<int> ret) {
    say("", v);
    ret(v);
  }
  void stop(Cx<Held>& cx) { cx.stop(); }
};

// An actor in Prep for which calls are held, and its start by each way there is; behind it in the
// queue comes "next".
const std::pair<const char*, void (*)(Runtime&, const ActorOwn<Held>&)> starts[] = {
    {"made0", [](Runtime&, const ActorOwn<Held>& own) { init(own, 0); }},
    {"made0", [](Runtime&, const ActorOwn<Held>& own) { call<&Held::prepare>(own); }},
    {"made5", [](Runtime&, const ActorOwn<Held>& own) { ret_to<&Held::prepare_reply>(own)(5); }},
    {"made-1",
     [](Runtime&, const ActorOwn<Held>& own) {
       (void)Ret<int>(ret_to<&Held::prepare_reply>(own));
     }},
    {"made0", [](Runtime&, const ActorOwn<Held>& own) { lazy<&Held::prepare>(own); }},
};

TEST_F(RuntimeTest, CallsThatWereHeldCountAgainstALimitAndStopThere) {
  for (const auto& [made, start] : starts)
    for (std::size_t items = 1; items < 8; ++items) {
      told();
      Runtime rt;
      auto own = make_actor_new<Held>(rt, ret_nop);
      for (int i = 0; i < 5; ++i) call<&Held::take>(own, i, ret_nop);
      rt.run();
      start(rt, own);
      lazy(rt, [] { say("next"); });
      const std::string whole = std::string(made) + " 0 1 2 3 4 next";
      std::string all;
      std::size_t ran = 0;
      for (;;) {
        const auto before = rt.items_run();
        const bool work = rt.run(rt.now(), RunLimit{.items = items}).work;
        const auto now = rt.items_run() - before;
        ASSERT_LE(now, items);
        ran += now;
        if (!work) break;
        ASSERT_EQ(now, items);
      }
      EXPECT_EQ(told(), whole) << items;
      EXPECT_EQ(ran, 7u);
    }
  told();
}

TEST_F(RuntimeTest, CallsThatWereHeldStopForTheClock) {
  static int ticks;
  ticks = 0;
  struct Slow {
    void take() { ++ticks; }
  };
  Runtime rt;
  auto own = make_actor_new<Slow>(rt, ret_nop);
  for (int i = 0; i < 10'000; ++i) call<&Slow::take>(own);
  init(own);
  RunLimit limit{.until = at_s(100), .clock = [] { return at_s(ticks); }};
  EXPECT_TRUE(rt.run(rt.now(), limit).work);
  EXPECT_LE(ticks, 200);
  rt.run();
  EXPECT_EQ(ticks, 10'000);
}

TEST_F(RuntimeTest, AnIdleItemThatMakesAnActorReadyLeavesTheHeldCallsToTheMainQueue) {
  for (const bool used : {true, false}) {
    Runtime rt;
    auto own = make_actor_new<Held>(rt, ret_nop);
    idle<&Held::prepare>(own);
    for (int i = 0; i < 3; ++i) {
      if (used)
        call<&Held::take>(own, i, ret_nop);
      else
        lazy<&Held::take>(own, i, ret_nop);
    }
    rt.run();
    if (used) defer(rt, [] { say("next"); });
    EXPECT_FALSE(rt.run(rt.now(), true));
    EXPECT_EQ(told(), used ? "made0 0 1 2 next" : "made0 0 1 2");
    own = {};
    rt.run();
    EXPECT_EQ(told(), "~");
  }
}

TEST_F(RuntimeTest, AnActorThatEndsAmongItsHeldCallsDropsTheOthers) {
  for (const bool in_steps : {false, true}) {
    Runtime rt;
    auto own = make_actor_new<Held>(rt, ret_nop);
    call<&Held::take>(own, 1, tell_int("a"));
    call<&Held::stop>(own);
    call<&Held::take>(own, 2, tell_int("b"));
    init(own, 0);
    own = {};
    if (in_steps)
      while (rt.run_one()) {}
    else
      rt.run();
    EXPECT_EQ(told(), "made0 1 a=1 ~ b!lost");
  }
}

TEST_F(RuntimeTest, HeldCallsThatALimitLeftDieWithTheRuntime) {
  {
    Runtime rt;
    auto own = make_actor_new<Held>(rt, tell_end("end"));
    for (int i = 0; i < 4; ++i) call<&Held::take>(own, i, tell_int("ret"));
    rt.run();
    init(own, 0);
    defer(rt, [](troupe_test::SaysBye) {}, troupe_test::SaysBye("bye"));
    EXPECT_TRUE(rt.run(rt.now(), RunLimit{.items = 2}).work);
    EXPECT_EQ(told(), "made0 0 ret=0");
  }
  EXPECT_EQ(told(), "ret!runtime ended ret!runtime ended ret!runtime ended bye ~ end:dropped");
}

TEST_F(RuntimeTest, EndsThatFoundNoRoomCountAgainstALimit) {
  Runtime rt;
  std::vector<ActorOwn<Worker>> all;
  for (int i = 0; i < 100; ++i) all.push_back(make_actor<Worker>(rt, ret_nop, std::string("x")));
  rt.run();
  rt.set_max_queued(1);
  for (int i = 0; i < 100'000; ++i) defer(rt, [] {});
  all.clear();
  rt.run(rt.now(), RunLimit{.items = rt.items_run()});  // not yet
  while (!detail::kernel_here(rt).main.empty()) rt.run_one();
  EXPECT_EQ(told(), "");
  EXPECT_EQ(rt.actors().size(), 100u);
  EXPECT_EQ(rt.next_wait(rt.now()), Duration::zero());
  for (std::size_t left = 100; left > 0; left -= 10) {
    const auto before = rt.items_run();
    EXPECT_EQ(rt.run(rt.now(), RunLimit{.items = 10}).work, left > 10) << left;
    EXPECT_EQ(rt.items_run() - before, 10u);
    EXPECT_EQ(rt.actors().size(), left - 10);
  }
}

// ---- idle items
TEST_F(RuntimeTest, AnIdleItemDoesNotCountAgainstTheLimit) {
  Runtime rt;
  for (int i = 0; i < 2; ++i) idle(rt, [](int n) { say("idle", n); }, i);
  for (int i = 0; i < 3; ++i) defer(rt, [](int n) { say("main", n); }, i);
  const RunResult left = rt.run(rt.now(), RunLimit{.items = 1}, true);
  EXPECT_TRUE(left.work && left.idle);
  EXPECT_EQ(told(), "idle0 main0");
  EXPECT_TRUE(rt.run(rt.now(), RunLimit{.items = 0}, true).work);
  EXPECT_EQ(told(), "idle1");
}

#if TROUPE_EXCEPTIONS
TEST_F(RuntimeTest, AnIdleItemThatThrowsEndsItsRunBeforeTimeMoves) {
  Runtime rt;
  after(rt, 1s, [] { say("timer"); });
  idle(rt, [] { throw std::runtime_error("idle"); });
  idle(rt, [] { say("second"); });
  defer(rt, [] { say("main"); });
  EXPECT_THROW(rt.run(at_s(1), true), std::runtime_error);
  EXPECT_EQ(told(), "");
  EXPECT_EQ(rt.now(), at_s(0));
  EXPECT_EQ(rt.next_wait(at_s(0)), Duration::zero()) << "the rest waits for the next run";
  EXPECT_FALSE(rt.run(at_s(1), true));
  EXPECT_EQ(told(), "second main timer");
}
#endif

#if TROUPE_EXCEPTIONS
TEST_F(RuntimeTest, AnIdleCallThatThrowsFailsItsActorAndTheRunGoesOn) {
  Runtime rt;
  rt.set_logger({}, {});
  struct Idler {
    void work() { throw std::runtime_error("idle"); }
  };
  auto idler = make_actor<Idler>(rt, troupe_test::tell_end("idler"));
  rt.run();
  idle<&Idler::work>(idler);
  idle(rt, [] { say("second"); });
  defer(rt, [] { say("main"); });
  EXPECT_TRUE(rt.run(at_s(1), true));
  EXPECT_EQ(told(), "idler:failed(idle) main");
  EXPECT_EQ(rt.now(), at_s(1));
}
#endif

TEST_F(RuntimeTest, AnIdleItemDoesNotCountButWhatItQueuesDoes) {
  Runtime rt;
  idle(rt, [](Core& core) {
    say("idle");
    for (int i = 0; i < 3; ++i) defer(core, [](int n) { say("main", n); }, i);
  });
  const std::uint64_t before = rt.items_run();
  RunResult left = rt.run(rt.now(), RunLimit{.items = 2}, true);
  EXPECT_EQ(told(), "idle main0 main1");
  EXPECT_TRUE(left.work && !left.idle);
  EXPECT_EQ(rt.items_run(), before + 3) << "but it is a record that ran";
  left = rt.run(rt.now(), RunLimit{.items = 1}, true);
  EXPECT_EQ(told(), "main2");
  EXPECT_FALSE(left.work);
}

TEST_F(RuntimeTest, RunOneRunsOneRecord) {
  Runtime rt;
  EXPECT_FALSE(rt.run_one());
  defer(rt, [] { say("a"); });
  defer(rt, [] { say("b"); });
  EXPECT_TRUE(rt.run_one());
  EXPECT_EQ(told(), "a");
  EXPECT_TRUE(rt.run_one());
  EXPECT_FALSE(rt.run_one());
  EXPECT_EQ(told(), "b");
}

// ---- bounds
TEST_F(RuntimeTest, CallsBeyondTheBoundAreRefusedAndTheirRetsHearOverloaded) {
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

TEST_F(RuntimeTest, TheBoundHoldsForCallsThatCarryARetToAnActor) {
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

TEST_F(RuntimeTest, KillsBeyondTheBoundOpenNoRoomForOthers) {
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

TEST_F(RuntimeTest, RoomOfKillsStaysClosedToOthersFromRunToRun) {
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

TEST_F(RuntimeTest, AnEmptyQueueTakesAnyOneRecordWhateverTheBound) {
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

TEST_F(RuntimeTest, DueTimersThatFindNoRoomComeWhenThereIsSome) {
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

TEST_F(RuntimeTest, AShutdownIsNotLostInAFullQueue) {
  Runtime rt;
  rt.set_max_queued(4096);
  Ret<StopCause> ret = ret_shutdown(rt);
  for (int i = 0; i < 5000; ++i) defer(rt, [] {});
  ret(StopCause::stopped);
  rt.run();
  EXPECT_FALSE(rt.not_shutdown());
}

TEST_F(RuntimeTest, AKillIsNotLostInAFullQueue) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, tell_end("w"));
  rt.run();
  rt.set_max_queued(4096);
  for (int i = 0; i < 5000; ++i) defer(rt, [] {});
  own.kill("enough");
  rt.run();
  EXPECT_EQ(told(), "~w w:killed(enough)");
}

TEST_F(RuntimeTest, AnOwnersEndIsNotLostInAFullQueue) {
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

TEST_F(RuntimeTest, AnActorThatCannotBeQueuedFails) {
  Runtime rt;
  rt.set_max_queued(4096);
  for (int i = 0; i < 5000; ++i) defer(rt, [] {});
  auto own = make_actor<Worker>(rt, tell_end("w"));
  rt.run();
  EXPECT_TRUE(own.is_zombie());
  EXPECT_EQ(told(), "w:failed(overloaded)");
}

#if TROUPE_EXCEPTIONS
TEST_F(RuntimeTest, ThePoolHasABound) {
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

TEST_F(RuntimeTest, TrimGivesUnusedMemoryBack) {
  Runtime rt;
  auto keep = make_actor<Worker>(rt, ret_nop, std::string("keep"));
  rt.run();
  const std::size_t before = rt.pool_bytes();
  {
    std::vector<ActorOwn<Worker>> all;
    for (int i = 0; i < 60'000; ++i) all.push_back(make_actor<Worker>(rt, ret_nop, std::string()));
    rt.run();
  }
  rt.run();
  told();
  EXPECT_GT(rt.pool_bytes(), before + 4 * detail::Block::size);
  rt.trim();
  EXPECT_LT(rt.pool_bytes(), before + 20 * detail::Block::size);
  call<&Worker::work>(keep, 1);
  std::vector<ActorOwn<Worker>> again;
  for (int i = 0; i < 20'000; ++i) again.push_back(make_actor<Worker>(rt, ret_nop, std::string()));
  rt.run();
  EXPECT_EQ(told(), "keep1");
  EXPECT_EQ(rt.actors().size(), 20'001u);
  again.clear();
  rt.run();
  told();
}

// ---- exceptions
#if TROUPE_EXCEPTIONS
TEST_F(RuntimeTest, AnExceptionOutOfADeferredFunctionIsRethrownAndNothingIsLostOrRepeated) {
  Runtime rt;
  defer(rt, [] { say("1"); });
  defer(
      rt, [](troupe_test::SaysBye) { throw std::runtime_error("two"); },
      troupe_test::SaysBye("bye"));
  defer(rt, [] { say("3"); });
  defer(rt, [](Core& core) {
    lazy(core, [] { say("L1"); });
    lazy(core, [] { throw std::runtime_error("lazy"); });
    lazy(core, [] { say("L3"); });
    idle(core, [] { throw std::runtime_error("idle"); });
    idle(core, [] { say("I2"); });
  });
  EXPECT_THROW(rt.run(), std::runtime_error);
  EXPECT_EQ(told(), "1 bye");
  EXPECT_THROW(rt.run(), std::runtime_error);
  EXPECT_EQ(told(), "3 L1");
  EXPECT_TRUE(rt.run());
  EXPECT_EQ(told(), "L3");
  EXPECT_THROW(rt.run(at_s(1), true), std::runtime_error);
  EXPECT_FALSE(rt.run(at_s(1), true));
  EXPECT_EQ(told(), "I2");
}

TEST_F(RuntimeTest, AnExceptionAtTheEndOfAChunkLosesNothing) {
  Runtime rt;
  static int ran;
  ran = 0;
  int thrown = 0;
  for (int i = 0; i < 20'000; ++i)
    defer(
        rt,
        [](int n) {
          EXPECT_EQ(n, ran);
          ++ran;
          if (n % 7 == 0) throw n;
        },
        i);
  for (bool again = true; again;) {
    try {
      rt.run();
      again = false;
    } catch (int) {
      ++thrown;
    }
  }
  EXPECT_EQ(ran, 20'000);
  EXPECT_EQ(thrown, 20'000 / 7 + 1);
}

TEST_F(RuntimeTest, BodiesThatThrowHarmNobodyAndAreAllTold) {
  Runtime rt;
  defer(rt, [](Core& core) {
    Ret<int> one = ret_do([](Reply<int>) { throw std::runtime_error("one"); });
    one(1);
    {
      Ret<int> two = ret_do([](Reply<int>) { throw std::runtime_error("two"); });
    }
    Fwd<int> three = fwd_do([](int) { throw std::runtime_error("three"); });
    three(1);
    say("unharmed");
    defer(core, [] { say("behind"); });
  });
  std::string texts;
  for (int runs = 0; runs < 10; ++runs) {
    try {
      rt.run();
    } catch (const std::runtime_error& e) {
      texts += e.what();
      texts += ' ';
    }
  }
  EXPECT_EQ(told(), "unharmed behind");
  EXPECT_EQ(texts, "one two three ");
}
#endif

TEST_F(RuntimeTest, RunInsideRunEndsTheProcess) {
  EXPECT_DEATH(
      {
        Runtime rt;
        static Runtime* here;
        here = &rt;
        defer(rt, [] { here->run(); });
        rt.run();
      },
      "run\\(\\) was called from inside run\\(\\)");
}

TEST_F(RuntimeTest, RunWhileTheRuntimeEndsEndsTheProcess) {
  EXPECT_DEATH(
      {
        static Runtime* here;
        Runtime rt;
        here = &rt;
        defer(rt, [](Ret<int>) {}, ret_do([](Reply<int>) { here->run(); }));
      },
      "run\\(\\) was called from inside run\\(\\)");
}

TEST_F(RuntimeTest, AnotherThreadThatRunsItEndsADebugBuild) {
#if TROUPE_DEBUG
  EXPECT_DEATH(
      {
        Runtime rt;
        std::thread([&] { rt.run(); }).join();
      },
      "another thread than the one that made it");
#endif
}

// ---- waits
TEST_F(RuntimeTest, WaitsAreToldFromTimersAndWork) {
  Runtime rt(at_s(1));
  EXPECT_FALSE(rt.next_expiry().has_value());
  EXPECT_FALSE(rt.next_wait(at_s(1)).has_value());
  EXPECT_EQ(rt.next_wait_max(at_s(1), 60s, false), 60s);
  EXPECT_EQ(rt.next_wait_max(at_s(1), 60s, true), 0s);
  at(rt, at_s(5), [] {});
  EXPECT_EQ(rt.next_expiry(), at_s(5));
  EXPECT_EQ(rt.next_wait(at_s(2)), 3s);
  EXPECT_EQ(rt.next_wait(at_s(7)), 0s);
  EXPECT_EQ(rt.next_wait_max(at_s(2), 1s, false), 1s);
  EXPECT_EQ(rt.next_wait_max(at_s(2), 60s, false), 3s);
  lazy(rt, [] {});
  EXPECT_EQ(rt.next_wait(at_s(2)), 0s);
  rt.run();
  EXPECT_EQ(rt.next_wait(at_s(2)), 3s);
}

TEST_F(RuntimeTest, VirtualTimeJumpsFromTimerToTimer) {
  Runtime rt;
  after(rt, 24h, [](Core& core) {
    say("day",
        std::chrono::duration_cast<std::chrono::hours>(core.now() - core.start_time()).count());
    after(core, 1h, [](Core& c) {
      say("hour");
      idle(c, [] { say("idle"); });
    });
  });
  run_virtual(rt);
  EXPECT_EQ(told(), "day24 hour idle");
  after(rt, 1h, [] { say("one"); });
  after(rt, 3h, [] { say("three"); });
  run_virtual(rt, rt.now() + 2h);
  EXPECT_EQ(told(), "one");
  run_virtual(rt);
  EXPECT_EQ(told(), "three");
}

TEST_F(RuntimeTest, VirtualTimeEndsWithAShutdown) {
  Runtime rt;
  after(rt, 1s, [](Core& core) { core.shutdown(StopCause::stopped); });
  after(rt, 2s, [] { say("never"); });
  run_virtual(rt);
  EXPECT_EQ(told(), "");
  EXPECT_EQ(rt.now(), at_s(1));
}

// ---- what it tells
TEST_F(RuntimeTest, ActorsAreListed) {
  Runtime rt;
  auto a = make_actor<Worker>(rt, ret_nop, std::string("a"));
  rt.run();
  auto b = make_actor<Worker>(rt, ret_nop, std::string("b"));
  auto b2 = b.owned();
  call<&Worker::rename>(a, std::string("first"));
  rt.run_one();  // b's construction
  rt.run_one();
  auto c = make_actor<Worker>(rt, ret_nop, std::string("c"));
  const auto all = rt.actors();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].id, a.id());
  EXPECT_EQ(all[0].name, "first");
  EXPECT_EQ(a.name(), "first");
  EXPECT_NE(all[0].type.find("Worker"), std::string_view::npos);
  EXPECT_EQ(all[1].name, "");
  EXPECT_EQ(all[1].owners, 2u);
  EXPECT_EQ(all[1].state, ActorState::ready);
  EXPECT_EQ(all[2].state, ActorState::prep);
  EXPECT_LT(all[0].id, all[1].id);
  EXPECT_LT(all[1].id, all[2].id);
  call<&Worker::stop>(a);
  rt.run();
  EXPECT_EQ(rt.actors().size(), 2u);
  EXPECT_EQ(a.name(), "");
  told();
}

TEST_F(RuntimeTest, TheFailureHookHearsOfEveryFailureBeforeTheOwner) {
  Runtime rt;
  std::vector<std::string> reports;
  rt.set_failure_hook([&](Core&, const FailureReport& report) {
    reports.push_back(std::string(report.name) + "|" + std::string(report.error.text()));
    EXPECT_NE(report.id, 0u);
    EXPECT_NE(report.type.find("Worker"), std::string_view::npos);
    say("hook");
  });
  auto a = make_actor<Worker>(rt, tell_end("a"), std::string("a"));
  auto b = make_actor<Worker>(rt, ret_nop, std::string("b"));
  auto c = make_actor<Worker>(rt, ret_nop, std::string("c"));
  call<&Worker::rename>(a, std::string("named"));
  call<&Worker::fail>(a);
  call<&Worker::fail>(b);
  c.kill("killing is no failure");
  rt.run();
  EXPECT_EQ(reports, (std::vector<std::string>{"named|broken", "|broken"}));
  EXPECT_EQ(told(), "~a hook a:failed(broken) ~b hook ~c");
}

TEST_F(RuntimeTest, TheFailureHookMayReplaceItself) {
  Runtime rt;
  const std::string text = "a text that is too long to be short";
  rt.set_failure_hook([&rt, text](Core&, const FailureReport&) {
    rt.set_failure_hook([](Core&, const FailureReport&) { say("other"); });
    say(text);
  });
  for (int i = 0; i < 2; ++i) {
    auto a = make_actor<Worker>(rt, ret_nop, std::string("a"));
    call<&Worker::fail>(a);
    rt.run();
  }
  rt.set_failure_hook([&rt, text](Core&, const FailureReport&) {
    rt.set_failure_hook(nullptr);
    say(text);
  });
  for (int i = 0; i < 2; ++i) {
    auto a = make_actor<Worker>(rt, ret_nop, std::string("a"));
    call<&Worker::fail>(a);
    rt.run();
  }
  EXPECT_EQ(told(), "~a " + text + " ~a other ~a " + text + " ~a");
}

TEST_F(RuntimeTest, TheFailureHookMayBeSetByTheSinkThatHearsOfTheFailure) {
  Runtime rt;
  rt.set_logger(LogLevel::error, [&rt](Core&, const LogRecord&) {
    rt.set_failure_hook(
        [](Core&, const FailureReport& report) { say("hook:", report.error.text()); });
  });
  const auto a = make_actor<Worker>(rt, ret_nop, std::string("a"));
  call<&Worker::fail>(a);
  rt.run();
  EXPECT_EQ(told(), "~a hook:broken");
}

#if TROUPE_EXCEPTIONS
TEST_F(RuntimeTest, TrimWithoutMemoryIsHarmless) {
  Runtime rt;
  std::vector<ActorOwn<Worker>> named;
  for (int i = 0; i < 1000; ++i) {
    named.push_back(make_actor<Worker>(rt, ret_nop));
    call<&Worker::rename>(named.back(), "name " + std::to_string(i));
  }
  rt.run();
  named.resize(20);
  rt.run();
  {
    const troupe_test::FailAllocation none(0, true);
    rt.trim();
  }
  EXPECT_EQ(named[7].name(), "name 7");
  rt.trim();
  EXPECT_EQ(named[7].name(), "name 7");
  named.clear();
  rt.run();
  told();
}

TEST_F(RuntimeTest, TheFailureHookHearsOfExceptions) {
  Runtime rt;
  rt.set_failure_hook([](Core&, const FailureReport& report) { say(report.error.text()); });
  auto a = make_actor<Worker>(rt, tell_end("a"), std::string("a"));
  call<&Worker::throws>(a);
  rt.run();
  EXPECT_EQ(told(), "~a thrown a:failed(thrown)");
}
#endif

TEST_F(RuntimeTest, AFailureIsLoggedAtErrorEvenIfNobodyAsked) {
  Runtime rt;
  std::vector<std::string> lines;
  rt.set_logger(LogFilter::all({LogLevel::error}), [&](Core&, const LogRecord& record) {
    lines.push_back(std::to_string(record.id) + " " + std::string(record.text));
  });
  auto a = make_actor<Worker>(rt, ret_nop);
  call<&Worker::fail>(a);
  rt.run();
  EXPECT_EQ(lines, std::vector<std::string>{std::to_string(a.id()) + " broken"});
  told();
}

TEST_F(RuntimeTest, OpenAndCloseAreLoggedWithTheParent) {
  struct Parent {
    explicit Parent(Cx<Parent>& cx) : child(make_actor<Worker>(cx, ret_nop)) {}
    ActorOwn<Worker> child;
  };
  Runtime rt;
  std::vector<std::string> lines;
  rt.set_logger(LogFilter::all({LogLevel::open}), [&](Core&, const LogRecord& record) {
    std::string line(log_level_name(record.level));
    line += ' ' + std::to_string(record.id) + ' ';
    append_text_fields(line, record);
    lines.push_back(line);
  });
  {
    auto own = make_actor<Parent>(rt, ret_nop);
    rt.run();
  }
  rt.run();
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_TRUE(lines[0].starts_with("OPEN 1"));
  EXPECT_TRUE(lines[1].starts_with("OPEN 2") && lines[1].find("parent") != std::string::npos)
      << lines[1];
  EXPECT_TRUE(lines[2].starts_with("CLOSE 1") && lines[2].find("dropped") != std::string::npos)
      << lines[2];
  EXPECT_TRUE(lines[3].starts_with("CLOSE 2"));
  told();
}

TEST_F(RuntimeTest, SystemTimeCanBeFixed) {
  Runtime rt;
  const SystemTime fixed(std::chrono::hours(1000));
  rt.set_systime(fixed);
  EXPECT_EQ(rt.core().systime(), fixed);
  rt.run(at_s(5));
  EXPECT_EQ(rt.core().systime(), fixed);
  rt.set_systime(std::nullopt);
  EXPECT_GT(rt.core().systime(), fixed);
}

TEST_F(RuntimeTest, LiveRetsAndTimersAreCounted) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, ret_nop);
  rt.run();
  EXPECT_EQ(rt.live_rets(), 0u);
  {
    Ret<int> one = ret_to<&Worker::got>(own);
    Ret<int> two = ret_to<&Worker::got>(own);
    EXPECT_EQ(rt.live_rets(), 2u);
    one(1);
    EXPECT_EQ(rt.live_rets(), 1u);
  }
  EXPECT_EQ(rt.live_rets(), 0u);
  const auto key = after(rt, 1s, [] {});
  EXPECT_EQ(rt.live_timers(), 1u);
  EXPECT_TRUE(timer_delete(rt, key));
  EXPECT_EQ(rt.live_timers(), 0u);
  rt.run();
  told();
}

// ---- two runtimes, and the end
TEST_F(RuntimeTest, TwoRuntimesOnOneThreadCallEachOthersActors) {
  Runtime a, b;
  auto server = make_actor<Worker>(a, ret_nop, std::string("server"));
  auto client = make_actor<Worker>(b, ret_nop, std::string("client"));
  call<&Worker::take>(server, ret_to<&Worker::got>(client));
  b.run();
  EXPECT_EQ(told(), "");
  a.run();
  EXPECT_EQ(told(), "");
  b.run();
  EXPECT_EQ(told(), "got=1");
}

TEST_F(RuntimeTest, ARuntimeThatEndsAnswersTheRetsOfAnother) {
  Runtime asking;
  auto client = make_actor<Worker>(asking, ret_nop, std::string("client"));
  asking.run();
  {
    Runtime ending;
    auto server = make_actor<Worker>(ending, ret_nop, std::string("server"));
    ending.run();
    call<&Worker::keep>(server, ret_to<&Worker::got>(client));
    ending.run();
    call<&Worker::take>(server, ret_to<&Worker::got>(client));
    after<&Worker::take>(server, 1s, ret_to<&Worker::got>(client));
    lazy<&Worker::take>(server, ret_to<&Worker::got>(client));
    auto starting = make_actor_new<Worker>(ending, ret_nop);
    call<&Worker::take>(starting, ret_to<&Worker::got>(client));
    ending.run_one();
    call<&Worker::take>(starting, ret_to<&Worker::got>(client));
  }
  asking.run();
  const std::string all = told();
  std::size_t ended = 0, answered = 0;
  for (std::size_t at = 0; (at = all.find("got", at)) != std::string::npos; at += 3) {
    ++answered;
    if (all.compare(at, 17, "got!runtime ended") == 0) ++ended;
  }
  EXPECT_EQ(answered, 6u) << all;
  EXPECT_EQ(ended, 5u) << all << ": one was answered by its handler";
}

TEST_F(RuntimeTest, TheEndDestroysQueuesThenTimersThenActors) {
  {
    Runtime rt;
    auto own = make_actor<Worker>(rt, tell_end("w"));
    rt.run();
    call<&Worker::take>(own, tell_int("queued"));
    lazy<&Worker::take>(own, tell_int("lazy"));
    idle<&Worker::take>(own, tell_int("idle"));
    after<&Worker::take>(own, 1s, tell_int("timer"));
    rt.core().anymap_set(std::make_shared<troupe_test::SaysBye>("environment"));
  }
  EXPECT_EQ(told(),
            "queued!runtime ended lazy!runtime ended idle!runtime ended timer!runtime ended ~w "
            "w:dropped environment");
}

TEST_F(RuntimeTest, CyclicWorkEndsWithTheRuntime) {
  struct Loop {
    ~Loop() { call<&Loop::take>(self, tell_int("late")); }
    explicit Loop(Cx<Loop>& cx) : self(cx.this_actor()) {}
    void own(ActorOwn<Loop> me) { mine = std::move(me); }
    void take(Ret<int> ret) { kept = std::move(ret); }
    Actor<Loop> self;
    ActorOwn<Loop> mine;
    Ret<int> kept = ret_nop;
  };
  {
    Runtime rt;
    auto own = make_actor<Loop>(rt, tell_end("loop"));
    auto again = own.owned();
    call<&Loop::own>(own, std::move(again));
    call<&Loop::take>(own, tell_int("kept"));
    own = {};
    rt.run();
    EXPECT_EQ(told(), "") << "it keeps itself alive";
    Ret<int> never = tell_int("never");
    auto prep = make_actor_new<Loop>(rt, tell_end("prep"));
    call<&Loop::take>(prep, std::move(never));  // a held call names the actor that holds it
    rt.run();
  }
  EXPECT_EQ(told(),
            "late!runtime ended kept!runtime ended loop:dropped never!runtime ended prep:dropped");
}

TEST_F(RuntimeTest, HandlesThatOutliveTheirRuntimeAreInert) {
  ActorOwn<Worker> own, anon_source;
  Actor<Worker> weak;
  Fwd<int> fwd;
  Ret<int> ret = ret_nop;
  Ret<StopCause> ending = ret_nop;
  std::optional<Deferrer> deferrer;
  {
    Runtime rt;
    own = make_actor<Worker>(rt, tell_end("w"));
    weak = own;
    rt.run();
    fwd = fwd_to<&Worker::work>(own);
    ret = ret_to<&Worker::got>(own);
    ending = ret_shutdown(rt);
    deferrer = rt.core().deferrer();
    EXPECT_TRUE(deferrer->is_alive());
  }
  EXPECT_EQ(told(), "~w w:dropped");
  EXPECT_TRUE(own.is_zombie());
  EXPECT_TRUE(weak.is_zombie());
  EXPECT_FALSE(deferrer->is_alive());
  EXPECT_FALSE(ret.is_wanted());
  EXPECT_FALSE(fwd.is_wanted());
  call<&Worker::work>(weak, 1);
  call<&Worker::take>(weak, tell_int("call"));
  lazy<&Worker::take>(weak, tell_int("lazy"));
  idle<&Worker::take>(weak, tell_int("idle"));
  own.kill("late");
  auto another = own.owned();
  watch(weak, tell_end("watch"));
  fwd(1);
  ret(3);
  ending(StopCause::stopped);
  deferrer->defer([] { say("never"); });
  EXPECT_EQ(told(), "call!runtime ended lazy!runtime ended idle!runtime ended watch:lost");
}

struct TellsItsEnd {
  explicit TellsItsEnd(const char* n) : name(n) {}
  TellsItsEnd(TellsItsEnd&& other) noexcept : name(std::exchange(other.name, nullptr)) {}
  ~TellsItsEnd() {
    if (name) say("~", name);
  }
  const char* name;
};

TEST_F(RuntimeTest, WhatTheHostGaveEndsWithTheRuntimeAlsoIfItHoldsHandles) {
  std::optional<Deferrer> keeps;
  {
    Runtime rt;
    keeps = rt.core().deferrer();
    auto own = make_actor<Worker>(rt, ret_nop);
    rt.set_logger(LogFilter(LogLevel::info),
                  [a = own.actor(), t = TellsItsEnd("sink")](Core&, const LogRecord&) {});
    rt.set_failure_hook([o = own.owned(), t = TellsItsEnd("hook")](Core&, const FailureReport&) {});
    rt.set_poll_waker([d = rt.core().deferrer(), o = own.owned(), t = TellsItsEnd("waker")] {});
    rt.run();
  }
  EXPECT_EQ(told(), "~w ~sink ~hook ~waker");
}

TEST_F(RuntimeTest, TimersOnAHandleThatOutlivesItsRuntimeAreDropped) {
  ActorOwn<Worker> own;
  {
    Runtime rt;
    own = make_actor<Worker>(rt, ret_nop);
    rt.run();
  }
  told();
  after<&Worker::take>(own, 1s, tell_int("timer"));
  EXPECT_EQ(told(), "timer!runtime ended");
  MaxTimerKey key;
  timer_max<&Worker::take>(key, own, at_s(1), tell_int("max"));
  EXPECT_EQ(told(), "max!runtime ended");
}

struct Large {
  void got(const std::string&, const std::string&, Reply<int>) { say("got"); }
  void value(const std::string&, int) { say("value"); }
};

TEST_F(RuntimeTest, RetsAndForwardsMadeFromAHandleThatOutlivesItsRuntimeTakeNoMemoryOfIt) {
  ActorOwn<Large> own;
  {
    Runtime rt;
    own = make_actor<Large>(rt, ret_nop);
    rt.run();
    // Free cells of these sizes wait in the pool that goes.
    for (int i = 0; i < 10; ++i)
      Ret<int> unused = ret_to<&Large::got>(own, std::string("a"), std::string("b"));
    for (int i = 0; i < 10; ++i) Fwd<int> unused = fwd_to<&Large::value>(own, std::string("a"));
    rt.run();
  }
  told();
  Ret<int> ret = ret_to<&Large::got>(own, std::string(40, 'a'), std::string(40, 'b'));
  Fwd<int> fwd = fwd_to<&Large::value>(own, std::string(40, 'a'));
  EXPECT_FALSE(ret.is_wanted());
  ret(1);
  fwd(1);
  { Ret<int> dropped = ret_to<&Large::got>(own, std::string(40, 'a'), std::string(40, 'b')); }
  EXPECT_EQ(told(), "");
}

// ---- counting
TEST_F(RuntimeTest, OnlyRecordsAreCountedNotTheJumpsBetweenChunks) {
  constexpr int many = 5000;  // many chunks
  Runtime rt;
  for (int i = 0; i < many; ++i) defer(rt, [] {});
  rt.run();
  EXPECT_EQ(rt.items_run(), static_cast<std::uint64_t>(many));
  for (int i = 0; i < many; ++i) defer(rt, [](int n) { say("", n); }, i);
  for (int i = 0; i < many; ++i) {
    ASSERT_TRUE(rt.run_one());
    ASSERT_EQ(told(), std::to_string(i));
  }
  EXPECT_FALSE(rt.run_one());
  for (int i = 0; i < many; ++i) lazy(rt, [](int n) { say("", n); }, i);
  for (int i = 0; i < many; i += 2) {
    ASSERT_EQ(rt.run(rt.now(), RunLimit{.items = 2}).work, i + 2 < many);
    ASSERT_EQ(told(), std::to_string(i) + ' ' + std::to_string(i + 1));
  }
  for (int i = 0; i < many; ++i) idle(rt, [](int n) { say("", n); }, i);
  for (int i = 0; i < many; ++i) {
    ASSERT_EQ(rt.run(rt.now(), true), i + 1 < many);
    ASSERT_EQ(told(), std::to_string(i));
  }
  EXPECT_EQ(rt.items_run(), 4u * many);
}

#if TROUPE_EXCEPTIONS
TEST_F(RuntimeTest, RecordsThatThrewAreCounted) {
  Runtime rt;
  for (int i = 0; i < 3; ++i) defer(rt, [] { throw std::runtime_error("one"); });
  defer(rt, [] {});
  for (int i = 0; i < 3; ++i) EXPECT_THROW(rt.run(), std::runtime_error);
  EXPECT_THROW(
      (defer(rt, [] { throw std::runtime_error("two"); }), rt.run(rt.now(), RunLimit{.items = 9})),
      std::runtime_error);
  EXPECT_EQ(rt.items_run(), 5u);
}
#endif

TEST_F(RuntimeTest, VirtualTimeEndsAtTheGivenInstant) {
  Runtime rt(at_s(1));
  run_virtual(rt, at_s(5));
  EXPECT_EQ(rt.now(), at_s(5)) << "nothing to do";
  after(rt, 2s, [] { say("seven"); });
  after(rt, 9s, [] { say("fourteen"); });
  idle(rt, [] { say("idle"); });
  run_virtual(rt, at_s(10));
  EXPECT_EQ(rt.now(), at_s(10)) << "between two timers";
  run_virtual(rt, at_s(9));
  EXPECT_EQ(rt.now(), at_s(10)) << "never back";
  run_virtual(rt, at_s(14));
  EXPECT_EQ(told(), "idle seven fourteen");
  run_virtual(rt);
  EXPECT_EQ(rt.now(), at_s(14)) << "no end was given";
  after(rt, 1s, [](Core& core) { core.shutdown(StopCause::stopped); });
  run_virtual(rt, at_s(100));
  EXPECT_EQ(rt.now(), at_s(15)) << "a shutdown comes first";
}

#if TROUPE_DEBUG
TEST_F(RuntimeTest, AnotherThreadThatCallsEndsADebugBuild) {
  const auto elsewhere = [](void (*use)(Runtime&, const ActorOwn<Worker>&)) {
    Runtime rt;
    const auto own = make_actor<Worker>(rt, ret_nop);
    std::thread([&] { use(rt, own); }).join();
  };
  constexpr auto words = "used on another thread than the one that made it";
  EXPECT_DEATH(
      elsewhere([](Runtime&, const ActorOwn<Worker>& own) { call<&Worker::work>(own, 1); }), words);
  EXPECT_DEATH(
      elsewhere([](Runtime&, const ActorOwn<Worker>& own) { lazy<&Worker::work>(own, 1); }), words);
  EXPECT_DEATH(elsewhere([](Runtime& rt, const ActorOwn<Worker>&) { defer(rt, [] {}); }), words);
  EXPECT_DEATH(elsewhere([](Runtime& rt, const ActorOwn<Worker>&) { after(rt, 1s, [] {}); }),
               words);
  EXPECT_DEATH(elsewhere([](Runtime& rt, const ActorOwn<Worker>&) {
                 (void)make_actor<Worker>(rt, ret_nop);
               }),
               words);
  EXPECT_DEATH(
      elsewhere([](Runtime&, const ActorOwn<Worker>& own) { ret_to<&Worker::got>(own)(1); }),
      words);
  EXPECT_DEATH(elsewhere([](Runtime&, const ActorOwn<Worker>& own) { own.kill("there"); }), words);
  EXPECT_DEATH(elsewhere([](Runtime&, const ActorOwn<Worker>& own) {
                 (void)watch(own, ret_do([](Reply<StopCause>) {}));
               }),
               words);
}

TEST_F(RuntimeTest, AnotherThreadThatAnswersWithinALimitEndsADebugBuild) {
  const auto answered_elsewhere = [] {
    Runtime rt;
    Ret<int> ret = ret_do([](Reply<int>) {}).with_timeout(rt, 1s);
    std::thread([&] { ret(1); }).join();
  };
  EXPECT_DEATH(answered_elsewhere(), "used on another thread than the one that made it");
}
#endif

}  // namespace runtime_test
}  // namespace troupe
