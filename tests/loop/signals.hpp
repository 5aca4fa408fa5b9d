// loop/signals.hpp: what SIGINT and SIGTERM do, for each kind of loop.
#pragma once
#include <gtest/gtest.h>

#include <csignal>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe_test {

using namespace troupe;
using namespace std::chrono_literals;

template <class Loop> void expect_signals_to_end_it() {
  for (const int signal : {SIGINT, SIGTERM}) {
    Runtime rt(Clock::now());
    Loop loop(rt);
    loop.stop_on_signals();
    after(rt, 1ms, [](int s) { std::raise(s); }, signal);
    EXPECT_EQ(loop.run(), StopCause::stopped);
  }
}

template <class Loop> void expect_a_signal_to_let_the_program_finish() {
  struct Server {
    void drain(Cx<Server>& cx, int signal) {
      say(signal == SIGTERM ? "draining" : "?");
      after(cx, 1ms, [](Core& core) { say("done"), core.shutdown(StopCause::stopped); });
    }
  };
  Runtime rt(Clock::now());
  Loop loop(rt);
  auto server = make_actor<Server>(rt, ret_nop);
  loop.stop_on_signals(fwd_to<&Server::drain>(server), 1h);
  after(rt, 1ms, [] { std::raise(SIGTERM); });
  EXPECT_EQ(loop.run(), StopCause::stopped);
  EXPECT_EQ(told(), "draining done");
  EXPECT_EQ(rt.live_timers(), 0u);
}

template <class Loop> void expect_a_signal_to_end_it_at_the_limit() {
  Runtime rt(Clock::now());
  Loop loop(rt);
  loop.stop_on_signals(fwd_do([](int) { say("told"); }), 2ms);
  after(rt, 1ms, [] { std::raise(SIGINT); });
  EXPECT_EQ(loop.run(), StopCause::stopped);
  EXPECT_EQ(told(), "told");
}

// Whichever of the two came first, and whichever comes then.
template <class Loop> void expect_a_second_signal_to_have_its_usual_effect() {
  for (const int first : {SIGINT, SIGTERM})
    for (const int second : {SIGINT, SIGTERM})
      EXPECT_EXIT(
          {
            Runtime rt(Clock::now());
            Loop loop(rt);
            loop.stop_on_signals(fwd_do([](int) {}), 1h);
            after(rt, 1ms, [](int s) { std::raise(s); }, first);
            after(rt, 20ms, [](int s) { std::raise(s); }, second);
            after(rt, 1s, [](Core& core) { core.shutdown(StopCause::stopped); });
            loop.run();
          },
          testing::KilledBySignal(second), "")
          << first << ", " << second;
}

}  // namespace troupe_test
