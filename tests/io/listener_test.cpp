// io/listener_test.cpp: connections that come in.
#include <troupe/io/listener.hpp>

#include <gtest/gtest.h>

#include "io/echo.hpp"

namespace troupe {
namespace listener_test {

using troupe_test::receive;
using troupe_test::say;
using troupe_test::send;
using troupe_test::tell_text;
using troupe_test::told;

using ListenerTest = troupe_test::RecordedTest;

struct Held {  // the test owns the listener, and outlives its tasks
  explicit Held(Listener& l) : listener(&l) {}
  Listener* listener;
};
Task<std::string> accept_one(Held held) {
  ConnectionResult c = co_await held.listener->accept();
  if (!c) co_return std::string(to_string(c.error().kind()));
  co_return co_await receive(*c);
}
struct Dial {
  explicit Dial(MemoryNetwork& n) : net(&n) {}
  MemoryNetwork* net;
};
TaskRef call_up(Runtime& rt, MemoryNetwork& net, std::string text) {
  return spawn(
      rt,
      [](Dial dial, std::string t) -> Task<std::string> {
        ConnectionResult c = co_await dial.net->connect("here");
        if (!c) co_return std::string(to_string(c.error().kind()));
        co_return co_await send(*c, t);
      },
      tell_text("caller"), Dial(net), std::move(text));
}

TEST_F(ListenerTest, AcceptsInTheOrderOfArrival) {
  Runtime rt;
  MemoryNetwork net(rt);
  Listener listener = *net.listen("here");
  EXPECT_EQ(listener.address(), "here");
  EXPECT_EQ(listener.port(), 0);
  call_up(rt, net, "one");
  call_up(rt, net, "two");
  rt.run();
  EXPECT_EQ(told(), "caller=sent3 caller=sent3");
  spawn(rt, accept_one, tell_text("a"), Held(listener));
  rt.run();
  spawn(rt, accept_one, tell_text("b"), Held(listener));
  rt.run();
  EXPECT_EQ(told(), "a=one b=two");
}

TEST_F(ListenerTest, WaitsForOne) {
  Runtime rt;
  MemoryNetwork net(rt);
  Listener listener = *net.listen("here");
  spawn(rt, accept_one, tell_text("a"), Held(listener));
  rt.run();
  EXPECT_EQ(told(), "");
  call_up(rt, net, "one");
  rt.run();
  EXPECT_EQ(told(), "caller=sent3 a=one");
}

TEST_F(ListenerTest, ClosingEndsTheAcceptThatWaits) {
  Runtime rt;
  MemoryNetwork net(rt);
  Listener listener = *net.listen("here");
  spawn(rt, accept_one, tell_text("a"), Held(listener));
  rt.run();
  listener.close();
  EXPECT_FALSE(listener);
  rt.run();
  EXPECT_EQ(told(), "a=connection closed");
  spawn(rt, accept_one, tell_text("b"), Held(listener));
  rt.run();
  EXPECT_EQ(told(), "b=connection closed");
  EXPECT_TRUE(net.listen("here").has_value()) << "the name is free again";
}

TEST_F(ListenerTest, ADroppedAcceptLosesNoConnection) {
  Runtime rt;
  MemoryNetwork net(rt);
  Listener listener = *net.listen("here");
  const TaskRef task = spawn(rt, accept_one, tell_text("a"), Held(listener));
  rt.run();
  call_up(rt, net, "one");
  while (rt.run_one()) {
    if (told().find("caller") == std::string::npos) continue;
    break;
  }
  rt.run_one();  // it arrives, and the wake is queued
  EXPECT_FALSE(task.done());
  task.cancel();
  EXPECT_EQ(told(), "a!cancelled");
  spawn(rt, accept_one, tell_text("b"), Held(listener));
  rt.run();
  EXPECT_EQ(told(), "b=one");
}

// Tells what the test gives it, once.
class HandListener final : public ListenerPlug {
 public:
  explicit HandListener(Core& core) : ListenerPlug(core) {}
  ConnectionResult try_accept() noexcept override {
    return std::exchange(next, std::unexpected(IoError(IoError::would_block)));
  }
  void watch() noexcept override {}
  void end() noexcept override {}
  std::string address() const override { return "hand"; }
  using ListenerPlug::abandon;
  using ListenerPlug::acceptable;
  ConnectionResult next{std::unexpected(IoError(IoError::would_block))};
};

TEST_F(ListenerTest, AnErrorForAnAcceptThatIsDroppedIsToldToTheNext) {
  Runtime rt;
  HandListener plug(rt);
  Listener listener(&plug);
  const TaskRef task = spawn(rt, accept_one, tell_text("a"), Held(listener));
  rt.run();
  plug.next = std::unexpected(IoError(IoError::unreachable));
  plug.acceptable();
  task.cancel();
  spawn(rt, accept_one, tell_text("b"), Held(listener));
  rt.run();
  EXPECT_EQ(told(), "a!cancelled b=unreachable");
  const TaskRef waits = spawn(rt, accept_one, tell_text("c"), Held(listener));
  rt.run();
  EXPECT_EQ(told(), "") << "that was told";
  waits.cancel();
  EXPECT_EQ(told(), "c!cancelled");
}

TEST_F(ListenerTest, WhatALoopAbandonsStaysSo) {
  Runtime rt;
  HandListener plug(rt);
  Listener listener(&plug);
  const TaskRef task = spawn(rt, accept_one, tell_text("a"), Held(listener));
  rt.run();
  plug.abandon(IoError(IoError::unreachable));
  task.cancel();
  for (int i = 0; i < 2; ++i) spawn(rt, accept_one, tell_text("b"), Held(listener));
  rt.run();
  EXPECT_EQ(told(), "a!cancelled b=unreachable b=unreachable");
}

TEST_F(ListenerTest, WhatNobodyAcceptedIsResetWithTheListener) {
  Runtime rt;
  MemoryNetwork net(rt);
  Listener listener = *net.listen("here");
  spawn(
      rt,
      [](Dial dial) -> Task<std::string> {
        ConnectionResult c = co_await dial.net->connect("here");
        co_return co_await receive(*c);
      },
      tell_text("caller"), Dial(net));
  rt.run();
  EXPECT_EQ(told(), "");
  listener.close();
  rt.run();
  EXPECT_EQ(told(), "caller=!connection reset");
}

TEST_F(ListenerTest, ManyAtOnceGiveOthersATurn) {
  Runtime rt;
  MemoryNetwork net(rt);
  Listener listener = *net.listen("here");
  for (int i = 0; i < 100; ++i) call_up(rt, net, "x");
  rt.run();
  told();
  spawn(
      rt,
      [](Held held) -> Task<void> {
        for (int i = 0; i < 100; ++i) {
          const ConnectionResult c = co_await held.listener->accept();
          EXPECT_TRUE(c.has_value());
        }
        say("all");
      },
      ret_nop, Held(listener));
  int until_all = 0;
  while (told() != "all" && rt.run_one()) ++until_all;
  EXPECT_GT(until_all, 3);
}

TEST_F(ListenerTest, TwoAcceptsAtOnceEndTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Runtime rt;
  MemoryNetwork net(rt);
  Listener listener = *net.listen("here");
  spawn(rt, accept_one, ret_nop, Held(listener));
  spawn(rt, accept_one, ret_nop, Held(listener));
  EXPECT_DEATH(rt.run(), "a second accept began while one was waiting");
}

// At each moment between the arrival and the end of the task.
TEST_F(ListenerTest, AConnectionThatAChildHasAcceptedGoesToTheNextIfItsAwaiterIsDropped) {
  for (int moment = 0; moment < 8; ++moment) {
    Runtime rt;
    MemoryNetwork net(rt);
    Listener l = *net.listen("here");
    TaskRef task = spawn(
        rt,
        [](Held held) -> Task<std::string> {
          auto raced = co_await race(held.listener->accept(), sleep(Duration::max()));
          co_return co_await receive(**raced.get<0>());
        },
        tell_text("raced"), Held(l));
    rt.run();
    call_up(rt, net, "hello");
    for (int n = 0; n < moment; ++n) rt.run_one();
    const bool ended = task.done();
    task.cancel();
    spawn(rt, accept_one, tell_text("next"), Held(l));
    rt.run();
    const std::string said = told();
    EXPECT_NE(said.find(ended ? "raced=hello" : "next=hello"), std::string::npos) << moment << said;
  }
}

TEST_F(ListenerTest, AnAcceptWithALimitLeavesTheConnectionToTheNext) {
  using namespace std::chrono_literals;
  Runtime rt;
  MemoryNetwork net(rt);
  Listener l = *net.listen("here");
  spawn(
      rt,
      [](Held held) -> Task<std::string> {
        const auto late = co_await timeout(1s, held.listener->accept()).reply();
        if (!late) say(to_string(late.error().why()));
        ConnectionResult c = co_await timeout(2s, held.listener->accept());
        co_return co_await receive(*c);
      },
      tell_text("server"), Held(l));
  spawn(
      rt,
      [](Dial dial) -> Task<std::string> {
        co_await sleep(1500ms);
        ConnectionResult c = co_await timeout(1s, dial.net->connect("here"));
        co_return co_await send(*c, "hello");
      },
      tell_text("caller"), Dial(net));
  run_virtual(rt);
  EXPECT_EQ(told(), "timed out caller=sent5 server=hello");
}

}  // namespace listener_test
}  // namespace troupe
