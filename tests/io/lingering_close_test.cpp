// io/lingering_close_test.cpp: the other end gets all that was written, whatever it sends
// meanwhile.
#include <troupe/io/lingering_close.hpp>

#include <gtest/gtest.h>

#include <memory>

#include "io/echo.hpp"

namespace troupe {
namespace lingering_close_test {

using namespace std::chrono_literals;
using troupe_test::receive_all;
using troupe_test::say;
using troupe_test::send;
using troupe_test::tell_text;
using troupe_test::told;

struct LingeringCloseTest : troupe_test::OneRuntimeTest {
  struct Pair {
    explicit Pair(std::pair<Connection, Connection> made)
        : a(std::move(made.first)), b(std::move(made.second)) {}
    Connection a, b;
  };
  void spawn_close(Connection c, Duration limit = linger_time) {
    spawn(rt, lingering_close, ret_some_do([](bool closed) { say(closed ? "closed" : "cut"); }),
          std::move(c), limit);
  }
  MemoryNetwork net{rt, {.latency = 10ms}};
  Pair pair{net.pair()};
};

// Sends, waits, sends again, reads all, closes.
Task<std::string> talkative(Connection c, Duration pause) {
  co_await send(c, "question");
  co_await sleep(pause);
  co_await send(c, "another");
  co_return co_await receive_all(c);
}

Task<> say_goodbye(Connection c, bool lingers) {
  co_await sleep(20ms);  // the question has come, and is not read
  co_await send(c, "goodbye");
  if (lingers) co_await lingering_close(std::move(c));
}

TEST_F(LingeringCloseTest, TheOtherEndGetsAllThatWasWritten) {
  spawn(rt, say_goodbye, ret_nop, std::move(pair.a), true);
  spawn(rt, talkative, tell_text("heard"), std::move(pair.b), 5ms);
  run_virtual(rt);
  EXPECT_EQ(told(), "heard=goodbye.");
}

TEST_F(LingeringCloseTest, APlainCloseWouldNotDo) {
  spawn(rt, say_goodbye, ret_nop, std::move(pair.a), false);
  spawn(rt, talkative, tell_text("heard"), std::move(pair.b), 50ms);
  run_virtual(rt);
  EXPECT_NE(told(), "heard=goodbye.");  // a reset, behind it or before
}

TEST_F(LingeringCloseTest, IsDoneWhenTheOtherEndHasClosed) {
  spawn_close(std::move(pair.a));
  spawn(rt, talkative, tell_text("heard"), std::move(pair.b), 100ms);
  run_virtual(rt);
  EXPECT_EQ(told(), "heard=. closed");
  EXPECT_LT(rt.now(), Instant(linger_time));
}

TEST_F(LingeringCloseTest, TheLimitIsForAllOfIt) {
  spawn_close(std::move(pair.a), 300ms);
  spawn(
      rt,
      [](Connection c) -> Task<std::string> {
        IoResult sent = 0;
        while (sent) {
          sent = co_await c.write(troupe_test::bytes("more and more"));
          co_await sleep(100ms);
        }
        co_return std::string(to_string(sent.error().kind()));
      },
      tell_text("writes"), std::move(pair.b));
  rt.run();
  rt.run(Instant(299ms));
  EXPECT_EQ(told(), "");
  rt.run(Instant(300ms));
  EXPECT_EQ(told(), "cut");
  run_virtual(rt);
  EXPECT_EQ(told(), "writes=connection reset");
}

TEST_F(LingeringCloseTest, AnErrorEndsIt) {
  spawn_close(std::move(pair.a));
  pair.b.reset();
  run_virtual(rt);
  EXPECT_EQ(told(), "cut");
  EXPECT_LT(rt.now(), Instant(linger_time));
}

TEST_F(LingeringCloseTest, WithoutAConnectionItIsDone) {
  spawn_close(Connection());
  run_virtual(rt);
  EXPECT_EQ(told(), "cut");
  EXPECT_EQ(rt.now(), Instant());
}

TEST_F(LingeringCloseTest, WhenItIsDroppedTheConnectionIsClosedAtOnce) {
  const TaskRef closing = spawn(rt, lingering_close, ret_nop, std::move(pair.a), Duration(10s));
  rt.run();
  spawn(
      rt, [](Connection c) -> Task<std::string> { co_return co_await receive_all(c); },
      tell_text("heard"), std::move(pair.b));
  closing.cancel();
  run_virtual(rt);
  EXPECT_EQ(told(), "heard=.");
  EXPECT_LT(rt.now(), Instant(10s));
}

}  // namespace lingering_close_test
}  // namespace troupe
