// loop/drain_test.cpp: between a signal and the end, in virtual time.
#include <troupe/loop/drain.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace drain_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

struct Server {
  void drain(int signal) { say("draining ", signal); }
  void drain_and_end(Cx<Server>& cx, int) {
    after(cx, 2s, [](Core& core) { core.shutdown(StopCause(StopCause::stopped)); });
  }
  void end(Cx<Server>& cx) { cx.stop(); }
};

struct DrainTest : troupe_test::OneRuntimeTest {
  ActorOwn<Server> server = make_actor<Server>(rt, ret_nop);
};

TEST_F(DrainTest, TheLimitEndsWhatTheHandlerDoesNot) {
  detail::Drain drain(fwd_to<&Server::drain>(server), 5s);
  rt.run();
  drain.begin(rt.core(), rt.now(), SIGTERM);
  rt.run(Instant(4999ms));
  EXPECT_EQ(told(), "draining 15");
  EXPECT_TRUE(rt.not_shutdown());
  rt.run(Instant(5s));
  EXPECT_EQ(rt.shutdown_reason(), StopCause::stopped);
}

TEST_F(DrainTest, ASecondSignalDoesNotBeginItAnew) {
  detail::Drain drain(fwd_to<&Server::drain>(server), 5s);
  rt.run();
  drain.begin(rt.core(), rt.now(), SIGTERM);
  drain.begin(rt.core(), rt.now(), SIGINT);
  rt.run();
  EXPECT_EQ(told(), "draining 15");
  EXPECT_EQ(rt.shutdown_reason(), StopCause::stopped);
}

TEST_F(DrainTest, TheHandlerMayEndItBefore) {
  detail::Drain drain(fwd_to<&Server::drain_and_end>(server), 5s);
  rt.run();
  drain.begin(rt.core(), rt.now(), SIGTERM);
  rt.run();
  rt.run(Instant(2s));
  EXPECT_EQ(rt.shutdown_reason(), StopCause::stopped);
  drain.over();
  EXPECT_EQ(rt.live_timers(), 0u);
  rt.run(Instant(6s));
  EXPECT_TRUE(rt.not_shutdown()) << "the limit has gone with the shutdown";
}

TEST_F(DrainTest, TheLimitIsCountedFromTheSignal) {
  detail::Drain drain(fwd_to<&Server::drain>(server), 5s);
  rt.run();
  drain.begin(rt.core(), Instant(1h), SIGTERM);  // the runtime has slept since
  rt.run(Instant(1h + 4999ms));
  EXPECT_EQ(told(), "draining 15");
  EXPECT_TRUE(rt.not_shutdown());
  rt.run(Instant(1h + 5s));
  EXPECT_EQ(rt.shutdown_reason(), StopCause::stopped);
}

TEST_F(DrainTest, WhereNobodyHearsItTheShutdownComesAtOnce) {
  detail::Drain without;
  without.begin(rt.core(), rt.now(), SIGINT);
  EXPECT_EQ(rt.shutdown_reason(), StopCause::stopped);
  detail::Drain late(fwd_to<&Server::drain>(server), 5s);
  call<&Server::end>(server);
  rt.run();
  late.begin(rt.core(), rt.now(), SIGINT);
  EXPECT_EQ(rt.shutdown_reason(), StopCause::stopped);
  EXPECT_EQ(told(), "");
}

}  // namespace drain_test
}  // namespace troupe
