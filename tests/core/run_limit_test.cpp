// core/run_limit_test.cpp: what bounds one run: items, an instant, and what counts against them.
#include <troupe/core/runtime.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <vector>

#include "support/allocations.hpp"
#include "support/recorder.hpp"
#include "support/worker.hpp"

namespace troupe {
namespace run_limit_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;
using troupe_test::Worker;

constexpr Instant at_s(int seconds) { return Instant(std::chrono::seconds(seconds)); }

using RunLimitTest = troupe_test::RecordedTest;

// ---- limits
TEST_F(RunLimitTest, ItemsBoundARun) {
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

TEST_F(RunLimitTest, ABusyActorCannotStallALimitedRun) {
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

TEST_F(RunLimitTest, AnInstantBoundsARun) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, ret_nop);
  call<&Worker::spin>(own);
  looks_left = 3;
  EXPECT_TRUE(rt.run(at_s(0), RunLimit{.until = at_s(9), .clock = &counting_clock}).work);
  EXPECT_LE(rt.items_run(), 5 * 64u);
  EXPECT_GE(rt.items_run(), 3 * 64u);
}

TEST_F(RunLimitTest, AnInstantBoundsLazyWorkToo) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, ret_nop);
  lazy<&Worker::spin_lazily>(own);
  looks_left = 3;
  EXPECT_TRUE(rt.run(at_s(0), RunLimit{.until = at_s(9), .clock = &counting_clock}).work);
  EXPECT_LE(query<&Worker::count>(rt, own).value(), 5 * 64);
}

TEST_F(RunLimitTest, ALimitInsideALazyBatchKeepsTheOrder) {
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

TEST_F(RunLimitTest, AMainItemOfTheHostBeforeTheFirstLazyOneStillComesFirst) {
  Runtime rt;
  defer(rt, [] { say("main"); });
  lazy(rt, [] { say("lazy"); });
  EXPECT_TRUE(rt.run_one());
  defer(rt, [] { say("second"); });
  while (rt.run_one()) {}
  EXPECT_EQ(told(), "main second lazy");
}

TEST_F(RunLimitTest, ForEverInAnyUnitIsAsLongAsThereIs) {
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

TEST_F(RunLimitTest, CallsThatWereHeldCountAgainstALimitAndStopThere) {
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

TEST_F(RunLimitTest, CallsThatWereHeldStopForTheClock) {
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

TEST_F(RunLimitTest, AnIdleItemThatMakesAnActorReadyLeavesTheHeldCallsToTheMainQueue) {
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

TEST_F(RunLimitTest, AnActorThatEndsAmongItsHeldCallsDropsTheOthers) {
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

TEST_F(RunLimitTest, HeldCallsThatALimitLeftDieWithTheRuntime) {
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

TEST_F(RunLimitTest, EndsThatFoundNoRoomCountAgainstALimit) {
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
TEST_F(RunLimitTest, AnIdleItemDoesNotCountAgainstTheLimit) {
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
TEST_F(RunLimitTest, AnIdleItemThatThrowsEndsItsRunBeforeTimeMoves) {
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
TEST_F(RunLimitTest, AnIdleCallThatThrowsFailsItsActorAndTheRunGoesOn) {
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

TEST_F(RunLimitTest, AnIdleItemDoesNotCountButWhatItQueuesDoes) {
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

}  // namespace run_limit_test
}  // namespace troupe
