// loop/asio_test.cpp: a runtime in an io_context: turns, timers, idle items, wake-ups, signals, and
// who goes first.
#include <troupe/loop/asio.hpp>

#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <stdexcept>

#include "loop/from_threads.hpp"
#include "loop/signals.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace asio_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

using AsioTest = troupe_test::RecordedTest;

void stop(Core& core) { core.shutdown(StopCause::stopped); }

TEST_F(AsioTest, RunsTimersInTheirOrderAndNeverEarly) {
  const Instant began = Clock::now();
  Runtime rt(began);
  AsioLoop loop(rt);
  after(rt, 1ms, [](Core& core) {
    say("a");
    after(core, 1ms, [](Core& c) {
      say("b");
      c.shutdown(StopCause(StopCause::failed, Error("enough")));
    });
  });
  const StopCause cause = loop.run();
  EXPECT_GE(Clock::now() - began, 2ms);
  EXPECT_EQ(told(), "a b");
  EXPECT_EQ(cause.error().text(), "enough");
}

TEST_F(AsioTest, ATimerThatMovesEarlierIsNotMissed) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  after(rt, 1h, [] { say("late"); });
  after(rt, 1ms, [](Core& core) { after(core, 1ms, &stop); });
  EXPECT_EQ(loop.run(), StopCause::stopped);
  EXPECT_EQ(told(), "");
}

TEST_F(AsioTest, MayBeRunAgainAndByAnotherLoopLater) {
  Runtime rt(Clock::now());
  for (int k = 0; k < 2; ++k) {
    AsioLoop loop(rt);
    EXPECT_EQ(&AsioLoop::of(rt), &loop);
    for (int i = 0; i < 2; ++i) {
      defer(rt, [](Core& core, int n) { say("run", n), stop(core); }, i);
      EXPECT_EQ(loop.run(), StopCause::stopped);
    }
  }
  EXPECT_EQ(told(), "run0 run1 run0 run1");
}

TEST_F(AsioTest, AShutdownBeforeItRunsRunsNothing) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  stop(rt);
  defer(rt, [] { say("never"); });
  loop.run();
  EXPECT_EQ(told(), "");
}

TEST_F(AsioTest, IdleItemsRunOneByOneBehindEverythingElse) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  for (int i = 0; i < 3; ++i)
    idle(
        rt,
        [](Core& core, int n) {
          say("idle", n);
          if (n == 2) stop(core);
        },
        i);
  // Handlers that post each other, and queue something, are activity: idle items wait for the last
  // of them.
  struct Chain {
    asio::io_context& io;
    Core& core;
    int left;
    void operator()() const {
      say("io", left);
      defer(core, [] {});
      if (left > 0) asio::post(io, Chain{io, core, left - 1});
    }
  };
  asio::post(loop.context(), Chain{loop.context(), rt, 2});
  loop.run();
  EXPECT_EQ(told(), "io2 io1 io0 idle0 idle1 idle2");
}

TEST_F(AsioTest, ABusyActorDoesNotKeepIoFromComing) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  struct Busy {
    void spin(Cx<Busy>& cx) { call<&Busy::spin>(cx); }
  };
  auto busy = make_actor<Busy>(rt, ret_nop);
  call<&Busy::spin>(busy);
  asio::steady_timer timer(loop.context(), 1ms);
  timer.async_wait([&](const asio::error_code&) { stop(rt); });
  EXPECT_EQ(loop.run(), StopCause::stopped);
}

TEST_F(AsioTest, LooksForWorkBeforeItSleepsIfItIsToldSo) {
  for (const bool is_hosted : {false, true}) {
    const Instant began = Clock::now();
    Runtime rt(began);
    asio::io_context io;
    std::optional<AsioLoop> loop;
    is_hosted ? loop.emplace(rt, io) : loop.emplace(rt);
    loop->set_spin(1s);
    after(rt, 2ms, [](Core& core) { after(core, 1ms, &stop); });
    EXPECT_EQ(loop->run(), StopCause::stopped);
    EXPECT_GE(Clock::now() - began, 3ms);
    EXPECT_LT(Clock::now() - began, 1s) << "what comes while it looks is found";
  }
}

TEST_F(AsioTest, TwoLoopsWakeEachOther) {
  for (const Duration spin : {Duration(0us), Duration(2us), Duration(50us)})
    troupe_test::play_to_and_fro<AsioLoop>(1000, spin);
  const Instant began = Clock::now();
  troupe_test::play_to_and_fro<AsioLoop>(10, 1s);
  EXPECT_LT(Clock::now() - began, 1s) << "what comes while they look is found";
}

TEST_F(AsioTest, OtherThreadsWakeItWhileItLooksAndWhileItSleeps) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  loop.set_spin(20us);
  EXPECT_EQ(troupe_test::come_home(rt, 50, [&] { loop.run(); }), 50);
}

TEST_F(AsioTest, OtherThreadsWakeIt) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  EXPECT_EQ(troupe_test::come_home(rt, 50, [&] { loop.run(); }), 50);
}

TEST_F(AsioTest, WhatADeferredFunctionThrowsPassesThroughAndItMayGoOn) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  defer(rt, [] { throw std::runtime_error("oh"); });
  defer(rt, [](Core& core) { say("behind"), stop(core); });
  EXPECT_THROW(loop.run(), std::runtime_error);
  EXPECT_EQ(told(), "");
  EXPECT_EQ(loop.run(), StopCause::stopped);
  EXPECT_EQ(told(), "behind");
}

TEST_F(AsioTest, SignalsEndIt) { troupe_test::expect_signals_to_end_it<AsioLoop>(); }
TEST_F(AsioTest, ASignalLetsTheProgramFinishItsWork) {
  troupe_test::expect_a_signal_to_let_the_program_finish<AsioLoop>();
}
TEST_F(AsioTest, ASignalEndsTheProgramAtTheLimit) {
  troupe_test::expect_a_signal_to_end_it_at_the_limit<AsioLoop>();
}
TEST_F(AsioTest, ASecondSignalHasItsUsualEffect) {
  troupe_test::expect_a_second_signal_to_have_its_usual_effect<AsioLoop>();
}

// ---- in the host's io_context
TEST_F(AsioTest, AHostRunsItsOwnContext) {
  asio::io_context io;
  Runtime rt(Clock::now());
  AsioLoop loop(rt, io);
  EXPECT_EQ(&loop.context(), &io);
  struct Light {
    void set(bool on) { say(on ? "on" : "off"); }
  };
  auto light = make_actor<Light>(rt, ret_nop);
  asio::steady_timer timer(io, 1ms);
  timer.async_wait([&](const asio::error_code&) {
    call<&Light::set>(light, true);
    after(rt, 1ms, [](Core& core) { say("timer"), stop(core); });
  });
  loop.on_shutdown([] { say("over"); });
  io.run();  // returns: nothing is left in it
  EXPECT_EQ(told(), "on timer over");
  EXPECT_EQ(rt.shutdown_reason()->kind(), StopCause::stopped);
}

TEST_F(AsioTest, TheHookOfAShutdownMayReplaceItselfAndEndTheLoop) {
  for (const bool ends : {false, true}) {
    asio::io_context io;
    Runtime rt(Clock::now());
    auto loop = std::make_unique<AsioLoop>(rt, io);
    loop->on_shutdown([&, text = std::string("a text that is too long to be short")] {
      if (ends)
        loop.reset();
      else
        loop->on_shutdown(nullptr);
      say(text);
    });
    after(rt, 1ms, [](Core& core) { stop(core); });
    io.run();
    EXPECT_EQ(told(), "a text that is too long to be short");
  }
}

TEST_F(AsioTest, TurnsOfOneRoundAreOne) {
  asio::io_context io;
  Runtime rt(Clock::now());
  AsioLoop loop(rt, io);
  for (int i = 0; i < 10; ++i)
    asio::post(io, [&, i] {
      defer(rt, [](int n) { say("turn", n); }, i);
      say("io", i);
    });
  io.poll_one();  // the turn of its beginning
  told();
  for (int i = 0; i < 10; ++i) io.poll_one();
  EXPECT_EQ(told(), "io0 io1 io2 io3 io4 io5 io6 io7 io8 io9");
  EXPECT_EQ(io.poll(), 1u);
  EXPECT_EQ(told(), "turn0 turn1 turn2 turn3 turn4 turn5 turn6 turn7 turn8 turn9");
}

TEST_F(AsioTest, RunAlsoServesAHost) {
  asio::io_context io;
  Runtime rt(Clock::now());
  AsioLoop loop(rt, io);
  for (int i = 0; i < 3; ++i) {
    after(rt, 1ms, [](Core& core) { say("timer"), stop(core); });
    EXPECT_EQ(loop.run(), StopCause::stopped);
  }
  EXPECT_EQ(told(), "timer timer timer");
}

TEST_F(AsioTest, OtherThreadsWakeAHost) {
  asio::io_context io;
  Runtime rt(Clock::now());
  AsioLoop loop(rt, io);
  loop.on_shutdown([&io] { io.stop(); });
  const auto work = asio::make_work_guard(io);
  EXPECT_EQ(troupe_test::come_home(rt, 50, [&] { io.run(); }), 50);
}

// ---- what is done outside of a turn, on the loop's own thread
struct Server {
  void ask(Ret<int> ret) { kept = std::move(ret); }
  void answer(int n) {
    if (kept) kept(n);
  }
  Ret<int> kept{nullptr};
};
struct Asker {
  void got(Cx<Asker>& cx, Reply<int> reply) {
    say("got", reply.value_or(-1));
    stop(cx);
  }
};

// What an operation of Asio's, or of another library, does that resumes where it completes.
struct Posted {
  asio::io_context* io;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const {
    asio::post(*io, [h] { h.resume(); });
  }
  void await_resume() const {}
};

TEST_F(AsioTest, AForeignAwaitableThatIsResumedByAHandlerGoesOnAtOnce) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  after(rt, 20s, [](Core& core) { say("late"), stop(core); });
  spawn(
      rt,
      [](Core& core) -> Task<> {
        for (int i = 0; i < 3; ++i) co_await Posted{&AsioLoop::of(core).context()};
        say("resumed");
        stop(core);
      },
      ret_nop);
  loop.run();
  EXPECT_EQ(told(), "resumed");
}

TEST_F(AsioTest, ACallAndAnAnswerFromAHandlerGetATurn) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  auto server = make_actor<Server>(rt, ret_nop);
  auto asker = make_actor<Asker>(rt, ret_nop);
  for (const bool called : {true, false}) {
    std::optional<Ret<int>> kept;
    if (called)
      call<&Server::ask>(server, ret_to<&Asker::got>(asker));
    else
      kept = ret_to<&Asker::got>(asker);
    asio::steady_timer timer(loop.context(), 1ms);
    timer.async_wait([&](const asio::error_code&) {
      if (called)
        call<&Server::answer>(server, 1);
      else
        (*kept)(2);
    });
    loop.run();
  }
  EXPECT_EQ(told(), "got1 got2");
}

TEST_F(AsioTest, TwoLoopsInOneContextServeEachOther) {
  asio::io_context io;
  Runtime one(Clock::now()), two(Clock::now());
  AsioLoop first(one, io), second(two, io);
  auto server = make_actor<Server>(two, ret_nop);
  auto asker = make_actor<Asker>(one, ret_nop);
  const auto work = asio::make_work_guard(io);
  asio::steady_timer timer(io, 1ms);
  timer.async_wait([&](const asio::error_code&) {
    defer(
        one,
        [](Actor<Server> s, Actor<Asker> a) {
          call<&Server::ask>(s, ret_to<&Asker::got>(a));
          call<&Server::answer>(s, 4);
        },
        server.actor(), asker.actor());
  });
  first.on_shutdown([&io] { io.stop(); });
  io.run();
  EXPECT_EQ(told(), "got4");
}

TEST_F(AsioTest, ATimerAndAShutdownFromAHandlerAreHeardAtOnce) {
  for (const bool timer_first : {true, false}) {
    Runtime rt(Clock::now());
    AsioLoop loop(rt);
    after(rt, 20s, [](Core& core) { say("late"), stop(core); });
    asio::steady_timer timer(loop.context(), 1ms);
    timer.async_wait([&](const asio::error_code&) {
      if (timer_first)
        after(rt, 1us, &stop);
      else
        stop(rt);
    });
    loop.run();
  }
  EXPECT_EQ(told(), "");
}

TEST_F(AsioTest, IdleItemsOfAHandlerGetATurn) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  asio::steady_timer timer(loop.context(), 1ms);
  timer.async_wait(
      [&](const asio::error_code&) { idle(rt, [](Core& core) { say("idle"), stop(core); }); });
  loop.run();
  EXPECT_EQ(told(), "idle");
}

TEST_F(AsioTest, TurnsGoOnOnceTheCauseOfAShutdownHasBeenTaken) {
  for (const bool in_the_hook : {true, false}) {
    asio::io_context io;
    Runtime rt(Clock::now());
    AsioLoop loop(rt, io);
    loop.on_shutdown([&] {
      say("over");
      if (in_the_hook) (void)rt.shutdown_reason();
      defer(rt, [] { say("behind"); });
    });
    defer(rt, &stop);
    io.poll();
    if (!in_the_hook) {
      EXPECT_EQ(told(), "over");
      defer(rt, [] { say("later"); });
      io.restart();
      io.poll();
      EXPECT_EQ(told(), "") << "no turns before the cause is taken";
      (void)rt.shutdown_reason();
      io.restart();
      io.poll();
      EXPECT_EQ(told(), "behind later");
    } else {
      EXPECT_EQ(told(), "over behind");
    }
    defer(rt, &stop);
    io.restart();
    io.poll();
    EXPECT_EQ(told(), in_the_hook ? "over behind" : "over") << "and may come again";
  }
}

// ---- who goes first
TEST_F(AsioTest, EachOrderOfEnds) {
  for (int order = 0; order < 4; ++order) {
    asio::io_context io;
    auto rt = std::make_unique<Runtime>(Clock::now());
    auto loop = order % 2 ? std::make_unique<AsioLoop>(*rt, io) : std::make_unique<AsioLoop>(*rt);
    loop->stop_on_signals();
    after(*rt, 1h, [] { say("never"); });
    defer(*rt, [] { say("once"); });
    loop->context().poll();
    defer(*rt, [] { say("never"); });
    EXPECT_EQ(told(), "once");
    if (order < 2) {
      loop.reset();
      io.poll();
      rt.reset();
    } else {
      rt.reset();
      loop->context().poll();
      loop.reset();
      io.poll();
    }
    EXPECT_EQ(told(), "");
  }
}

TEST_F(AsioTest, TheLoopOfARuntimeIsInItsEnvironment) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Runtime rt;
  EXPECT_DEATH(AsioLoop::of(rt), "no AsioLoop holds this runtime");
  EXPECT_DEATH((after(rt, 1h, [] {}), AsioLoop(rt).run()), "make it with Runtime rt.Clock::now");
  AsioLoop loop(rt);
  EXPECT_EQ(&AsioLoop::of(rt), &loop);
  EXPECT_DEATH(AsioLoop second(rt), "held by one loop at a time");
}

}  // namespace asio_test
}  // namespace troupe
