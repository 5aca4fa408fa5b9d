// io/memory_network_test.cpp: the network in memory: names, latency, backlog, chance, and the order
// of ends.
#include <troupe/io/memory_network.hpp>

#include <gtest/gtest.h>

#include <memory>

#include "io/echo.hpp"

namespace troupe {
namespace memory_network_test {

using namespace std::chrono_literals;
using troupe_test::receive;
using troupe_test::receive_all;
using troupe_test::say;
using troupe_test::send;
using troupe_test::tell_text;
using troupe_test::told;

using MemoryNetworkTest = troupe_test::RecordedTest;

struct Dial {
  explicit Dial(MemoryNetwork& n) : net(&n) {}
  MemoryNetwork* net;
};
Task<std::string> dial(Dial to, std::string name) {
  ConnectionResult c = co_await to.net->connect(name);
  if (!c) co_return std::string(to_string(c.error().kind()));
  co_return c->peer();
}

TEST_F(MemoryNetworkTest, NamesAreTakenOnce) {
  Runtime rt;
  MemoryNetwork net(rt);
  const auto one = net.listen("a");
  const auto two = net.listen("a");
  EXPECT_TRUE(one);
  EXPECT_EQ(two.error(), IoError::address_in_use);
  EXPECT_TRUE(net.listen("b"));
}

TEST_F(MemoryNetworkTest, NobodyListens) {
  Runtime rt;
  MemoryNetwork net(rt);
  const Listener l = *net.listen("a");
  spawn(rt, dial, tell_text("b"), Dial(net), std::string("b"));
  spawn(rt, dial, tell_text("a"), Dial(net), std::string("a"));
  rt.run();
  EXPECT_EQ(told(), "b=connection refused a=a:server");
}

TEST_F(MemoryNetworkTest, TheBacklogIsBounded) {
  Runtime rt;
  MemoryNetwork net(rt);
  const Listener l = *net.listen("a");
  for (std::size_t i = 0; i < MemoryNetwork::backlog; ++i)
    spawn(rt, dial, ret_nop, Dial(net), std::string("a"));
  rt.run();
  spawn(rt, dial, tell_text("more"), Dial(net), std::string("a"));
  rt.run();
  EXPECT_EQ(told(), "more=connection refused");
}

struct Noter {  // says what it reads and when
  Task<void> read(Cx<Noter>& cx, Connection c) {
    for (;;) {
      const std::string part = co_await receive(c);
      say(part + "@",
          std::chrono::duration_cast<std::chrono::milliseconds>(cx.now().time_since_epoch())
              .count());
      if (part == "." || part.starts_with("!")) break;
    }
  }
};

TEST_F(MemoryNetworkTest, EverythingTakesTheLatency) {
  Runtime rt;
  MemoryNetwork net(rt, {.latency = 10ms});
  auto [a, b] = net.pair();
  auto noter = make_actor<Noter>(rt, ret_nop);
  call<&Noter::read>(noter, std::move(b));
  spawn(
      rt,
      [](Connection c) -> Task<void> {
        co_await send(c, "one");
        co_await sleep(5ms);
        co_await send(c, "two");
        c.shutdown_write();
        co_await sleep(100ms);
      },
      ret_nop, std::move(a));
  run_virtual(rt);
  EXPECT_EQ(told(), "one@10 two@15 .@15");
}

Task<std::string> read_late(Connection c) {
  co_await sleep(50ms);
  co_return co_await receive_all(c);
}

TEST_F(MemoryNetworkTest, BytesBeforeACloseOrAResetArrive) {
  for (const bool reset : {false, true}) {
    Runtime rt;
    MemoryNetwork net(rt, {.latency = 10ms});
    auto [a, b] = net.pair();
    spawn(
        rt,
        [](Connection c, bool breaks) -> Task<void> {
          co_await send(c, "one");
          if (breaks) c.reset();
        },
        ret_nop, std::move(a), reset);
    spawn(rt, read_late, tell_text("read"), std::move(b));
    run_virtual(rt);
    EXPECT_EQ(told(), reset ? "read=one!connection reset" : "read=one.");
  }
}

TEST_F(MemoryNetworkTest, ClosingOverUnreadBytesBreaksTheConnectionBehindWhatWasWritten) {
  for (const Duration latency : {Duration(0ms), Duration(10ms)}) {
    Runtime rt;
    MemoryNetwork net(rt, {.latency = latency});
    auto [a, b] = net.pair();
    spawn(
        rt,
        [](Connection c) -> Task<std::string> {
          co_await send(c, "unread");
          co_await sleep(50ms);
          co_return co_await receive_all(c);
        },
        tell_text("a"), std::move(a));
    spawn(
        rt,
        [](Connection c) -> Task<void> {
          co_await sleep(20ms);
          co_await send(c, "answer");
        },
        ret_nop, std::move(b));
    run_virtual(rt);
    EXPECT_EQ(told(), "a=answer!connection reset");
  }
}

Task<std::string> write_often(Connection c) {
  std::string log;
  for (int i = 0; i < 4; ++i) {
    log += co_await send(c, "x") + " ";
    co_await sleep(12ms);
  }
  co_return log + co_await receive_all(c);
}

TEST_F(MemoryNetworkTest, TheFirstWriteToAnEndThatHasClosedIsLostUnheard) {
  for (const bool is_heard : {false, true}) {
    Runtime rt;
    MemoryNetwork net(rt, {.latency = 10ms, .close_is_heard = is_heard});
    auto [a, b] = net.pair();
    b.close();
    rt.run(rt.now() + 10ms);
    spawn(rt, write_often, tell_text("a"), std::move(a));
    run_virtual(rt);
    EXPECT_EQ(told(),
              is_heard ? "a=connection reset connection reset connection reset connection reset ."
                       : "a=sent1 sent1 connection reset connection reset .");
  }
}

TEST_F(MemoryNetworkTest, AResetMayLoseWhatWasNotRead) {
  std::string all;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Runtime rt;
    MemoryNetwork net(rt, {.reset_loses = true, .seed = seed});
    auto [a, b] = net.pair();
    spawn(
        rt,
        [](Connection c) -> Task<void> {
          co_await send(c, "12");
          c.reset();
        },
        ret_nop, std::move(a));
    spawn(rt, read_late, tell_text("b"), std::move(b));
    run_virtual(rt);
    all += told() + " ";
  }
  for (const char* how :
       {"b=!connection reset ", "b=1!connection reset ", "b=12!connection reset "})
    EXPECT_NE(all.find(how), std::string::npos) << how << "in " << all;
}

TEST_F(MemoryNetworkTest, AWriterThatWaitsForRoomHearsThatTheOtherEndHasGone) {
  for (const bool is_read : {false, true}) {
    for (const Duration latency : {Duration(0ms), Duration(10ms)}) {
      Runtime rt;
      MemoryNetwork net(rt, {.buffer = 4, .latency = latency});
      auto [a, b] = net.pair();
      spawn(
          rt,
          [](Connection c) -> Task<std::string> {
            co_return co_await send(c, "more than fits in");
          },
          tell_text("a"), std::move(a));
      spawn(
          rt,
          [](Connection c, bool reads) -> Task<void> {
            co_await sleep(20ms);
            if (reads) (void)co_await receive(c);
          },
          ret_nop, std::move(b), is_read);
      run_virtual(rt);
      EXPECT_EQ(told(), "a=connection reset");
    }
  }
}

std::string cut(std::uint64_t seed) {
  Runtime rt;
  MemoryNetwork net(rt, {.buffer = 30, .split = true, .seed = seed});
  auto [a, b] = net.pair();
  auto noter = make_actor<Noter>(rt, ret_nop);
  call<&Noter::read>(noter, std::move(b));
  spawn(
      rt,
      [](Connection c) -> Task<void> {
        co_await send(c, "the quick brown fox jumps over the lazy dog");
      },
      ret_nop, std::move(a));
  run_virtual(rt);
  return told();
}

TEST_F(MemoryNetworkTest, ChanceIsRepeatable) {
  EXPECT_EQ(cut(1), cut(1));
  EXPECT_NE(cut(1), cut(2));
}

TEST_F(MemoryNetworkTest, ListenersThatOutliveItAreClosedAndConnectionsLiveOn) {
  Runtime rt;
  auto net = std::make_unique<MemoryNetwork>(rt, MemoryOptions{.latency = 5ms});
  Listener listener = *net->listen("a");
  auto [a, b] = net->pair();
  spawn(rt, dial, tell_text("dial"), Dial(*net), std::string("a"));
  rt.run();
  net.reset();
  spawn(
      rt, [](Connection c) -> Task<std::string> { co_return co_await send(c, "x"); },
      tell_text("a"), std::move(a));
  spawn(
      rt, [](Connection c) -> Task<std::string> { co_return co_await receive_all(c); },
      tell_text("b"), std::move(b));
  run_virtual(rt);
  EXPECT_EQ(told(), "dial=a:server a=sent1 b=x.");
  listener.close();
}

TEST_F(MemoryNetworkTest, ANetworkMayOutliveItsRuntime) {
  auto rt = std::make_unique<Runtime>();
  MemoryNetwork net(*rt, {.latency = 5ms});
  Listener listener = *net.listen("a");
  auto [a, b] = net.pair();
  spawn(
      *rt,
      [](Connection c) -> Task<void> {
        co_await send(c, "x");
        co_await sleep(1s);
      },
      ret_nop, std::move(a));
  spawn(*rt, dial, ret_nop, Dial(net), std::string("a"));
  rt->run();
  rt.reset();
  EXPECT_FALSE(net.listen("a"));
}

TEST_F(MemoryNetworkTest, NothingIsLostWhenTheQueueIsFull) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto [a, b] = net.pair();
  rt.set_max_queued(4096);
  spawn(
      rt, [](Connection c) -> Task<std::string> { co_return co_await receive_all(c); },
      tell_text("reader"), std::move(b));
  rt.run();
  spawn(
      rt,
      [](Core& core, Connection c) -> Task<std::string> {
        for (int i = 0; i < 2000; ++i) defer(core, [] {});
        std::string sent = co_await send(c, "abc");
        co_await sleep(1ms);
        for (int i = 0; i < 2000; ++i) defer(core, [] {});
        sent += co_await send(c, "def");
        c.close();
        co_return sent;
      },
      tell_text("writer"), std::move(a));
  run_virtual(rt);
  EXPECT_EQ(told(), "writer=sent3sent3 reader=abcdef.");
}

}  // namespace memory_network_test
}  // namespace troupe
