// io/connection_test.cpp: streams of bytes between tasks and actors, in memory and virtual time.
#include <troupe/io/connection.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "io/echo.hpp"
#include "support/lazy.hpp"
#include "support/seed.hpp"

namespace troupe {
namespace connection_test {

using namespace std::chrono_literals;
using troupe_test::bytes;
using troupe_test::EchoSession;
using troupe_test::receive;
using troupe_test::receive_all;
using troupe_test::say;
using troupe_test::send;
using troupe_test::start_echo;
using troupe_test::tell_text;
using troupe_test::told;

constexpr Instant at_s(int s) { return Instant(std::chrono::seconds(s)); }

struct ConnectionTest : troupe_test::RecordedTest {
  void TearDown() override {
    EXPECT_EQ(EchoSession::live, 0);
    if (Ledger::enabled) {
      EXPECT_EQ(Ledger::here().live(), 0u);
    }
  }
};

Task<std::string> read_one(Connection c) { co_return co_await receive(c); }
Task<std::string> write_text(Connection c, std::string text) { co_return co_await send(c, text); }
Task<std::string> read_all(Connection c) { co_return co_await receive_all(c); }

// Asks for a connection of the network, which outlives the task.
struct Dial {
  Dial(MemoryNetwork& n) : net(&n) {}
  Connect operator()() const { return net->connect("echo"); }
  MemoryNetwork* net;
};

TEST_F(ConnectionTest, EchoesThroughAnActor) {
  Runtime rt;
  MemoryNetwork net(rt, {.latency = 10ms});
  auto server = start_echo(rt, *net.listen("echo"));
  spawn(
      rt,
      [](Dial dial) -> Task<std::string> {
        ConnectionResult c = co_await dial();
        std::string log = co_await send(*c, "hello");
        log += " " + co_await receive(*c);
        log += " " + co_await send(*c, "again");
        c->shutdown_write();
        log += " " + co_await receive_all(*c);
        co_return log;
      },
      tell_text("client"), Dial(net));
  run_virtual(rt);
  EXPECT_EQ(told(), "client=sent5 hello sent5 again.");
  EXPECT_EQ(rt.now(), Instant(50ms)) << "two round trips, and the client's close";
}

Task<std::string> write_texts(Connection c) {
  std::size_t sent = *co_await c.write("literal,");
  const std::string named("zero\0in it,", 11);
  sent += *co_await c.write(named);
  sent += *co_await c.write(std::string_view(named).substr(5));
  const char room[8] = "array";
  sent += *co_await c.write(room);
  sent += *co_await c.write("");
  const char* none = "";
  sent += *co_await c.write(none);
  co_return std::to_string(sent);
}
TEST_F(ConnectionTest, WritesText) {
  for (const std::size_t buffer : {std::size_t{64}, std::size_t{4}}) {  // as a whole, and in parts
    Runtime rt;
    MemoryNetwork net(rt, {.buffer = buffer});
    auto [a, b] = net.pair();
    spawn(rt, write_texts, tell_text("sent"), std::move(a));
    spawn(rt, read_all, tell_text("got"), std::move(b));
    run_virtual(rt);
    std::string all = told();
    std::ranges::replace(all, '\0', '0');
    EXPECT_NE(all.find("sent=30"), all.npos) << all;
    EXPECT_NE(all.find("got=literal,zero0in it,in it,array."), all.npos) << all;
  }
}

TEST_F(ConnectionTest, EchoesToManyClients) {
  Runtime rt;
  MemoryNetwork net(rt, {.buffer = 64, .latency = 10ms});
  auto server = start_echo(rt, *net.listen("echo"));
  for (int i = 0; i < 100; ++i) {
    spawn(
        rt,
        [](Dial dial, int number) -> Task<bool> {
          ConnectionResult c = co_await dial();
          const std::string text(static_cast<std::size_t>(number) + 1,
                                 static_cast<char>('a' + number % 26));
          for (int k = 0; k < 3; ++k) {
            co_await send(*c, text);
            const std::string back = co_await receive_all(*c, text.size());
            EXPECT_EQ(back, text);
          }
          c->shutdown_write();
          const std::string end = co_await receive_all(*c);
          EXPECT_EQ(end, ".");
          co_return true;
        },
        ret_some_do([](bool) { say("ok"); }), Dial(net), i);
  }
  run_virtual(rt);
  std::string all = told();
  EXPECT_EQ(all.size(), 100u * 3 - 1);
  EXPECT_EQ(query<&troupe_test::EchoServer::sessions>(rt, server), 0u);
}

TEST_F(ConnectionTest, AHalfClosedConnectionStillCarriesTheOtherWay) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto [a, b] = net.pair();
  a.shutdown_write();
  spawn(
      rt,
      [](Connection c) -> Task<std::string> {
        const std::string got = co_await receive(c);
        co_await sleep(1s);
        co_return got + co_await send(c, "late");
      },
      tell_text("b"), std::move(b));
  spawn(rt, read_all, tell_text("a"), std::move(a));
  run_virtual(rt);
  EXPECT_EQ(told(), "b=.sent4 a=late.");
}

TEST_F(ConnectionTest, AResetIsAnErrorAtTheOtherEnd) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto [a, b] = net.pair();
  spawn(rt, read_one, tell_text("read"), std::move(b));
  rt.run();
  a.reset();
  EXPECT_FALSE(a);
  rt.run();
  EXPECT_EQ(told(), "read=!connection reset");
}

TEST_F(ConnectionTest, WritingToAnEndThatHasGoneIsAResetAtLast) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto [a, b] = net.pair();
  b.close();
  rt.run();
  spawn(
      rt,
      [](Connection c) -> Task<std::string> {
        std::string log;
        for (int i = 0; i < 3; ++i) {
          log += co_await send(c, "x") + " ";
          co_await sleep(1ms);
        }
        co_return log;
      },
      tell_text("write"), std::move(a));
  run_virtual(rt);
  EXPECT_EQ(told(), "write=sent1 connection reset connection reset ");
}

TEST_F(ConnectionTest, AnEmptyHandleIsClosed) {
  Runtime rt;
  EXPECT_FALSE(Connection());
  EXPECT_EQ(Connection().peer(), "");
  spawn(rt, read_one, tell_text("read"), Connection());
  spawn(rt, write_text, tell_text("write"), Connection(), std::string("x"));
  rt.run();
  EXPECT_EQ(told(), "read=!connection closed write=connection closed");
}

TEST_F(ConnectionTest, CloseMayBeAwaited) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto [a, b] = net.pair();
  spawn(
      rt,
      [](Connection c) -> Task<void> {
        co_await c.close();
        EXPECT_FALSE(c);
      },
      ret_nop, std::move(a));
  spawn(rt, read_one, tell_text("other"), std::move(b));
  rt.run();
  EXPECT_EQ(told(), "other=.");
}

TEST_F(ConnectionTest, BytesArriveThroughTheSmallestBuffer) {
  Runtime rt;
  MemoryNetwork net(rt, {.buffer = 1, .latency = 1ms});
  auto [a, b] = net.pair();
  spawn(rt, write_text, tell_text("write"), std::move(a), std::string("abcdefgh"));
  spawn(rt, read_all, tell_text("read"), std::move(b));
  run_virtual(rt);
  EXPECT_EQ(told(), "write=sent8 read=abcdefgh.");
}

TEST_F(ConnectionTest, AFullBufferHoldsTheWriterBack) {
  Runtime rt;
  MemoryNetwork net(rt, {.buffer = 10});
  auto [a, b] = net.pair();
  spawn(rt, write_text, tell_text("write"), std::move(a), std::string(11, 'x'));
  spawn(
      rt,
      [](Connection c) -> Task<std::string> {
        co_await sleep(5s);
        say("wakes");
        co_return co_await receive_all(c);
      },
      tell_text("read"), std::move(b));
  rt.run(at_s(4));
  EXPECT_EQ(told(), "");
  run_virtual(rt);
  EXPECT_EQ(told(), "wakes write=sent11 read=" + std::string(11, 'x') + ".");
}

// ---- tasks that are dropped
struct Held {  // the test owns the connection, and outlives its tasks
  explicit Held(Connection& c) : connection(&c) {}
  Connection* connection;
};
Task<std::string> read_held(Held held) { co_return co_await receive(*held.connection); }

TEST_F(ConnectionTest, ADroppedReaderLosesNoBytes) {
  for (const bool has_arrived : {false, true}) {
    Runtime rt;
    MemoryNetwork net(rt, {.latency = 10ms});
    auto [a, b] = net.pair();
    const TaskRef reader = spawn(rt, read_held, tell_text("first"), Held(b));
    spawn(
        rt,
        [](Connection c) -> Task<std::string> {
          const std::string sent = co_await send(c, "bytes");
          co_await sleep(1s);
          co_return sent;
        },
        tell_text("write"), std::move(a));
    rt.run();
    if (has_arrived) {
      rt.run(Instant(10ms), RunLimit{.items = 1});  // the reader's wake is queued
      EXPECT_FALSE(reader.done());
    }
    reader.cancel();
    EXPECT_EQ(told(), "first!cancelled");
    spawn(rt, read_held, tell_text("second"), Held(b));
    rt.run(Instant(10ms));
    EXPECT_EQ(told(), "second=bytes");
    run_virtual(rt);
    told();
  }
}

TEST_F(ConnectionTest, AnActorThatEndsDropsItsReadersAndWriters) {
  Runtime rt;
  MemoryNetwork net(rt, {.buffer = 2});
  auto [a, b] = net.pair();
  struct Both {
    explicit Both(Connection c) : connection(std::move(c)) {}
    Task<void> read(Cx<Both>&) {
      const troupe_test::SaysBye local("~read");
      (void)co_await connection.read_some(room);
    }
    Task<void> write(Cx<Both>&) {
      const troupe_test::SaysBye local("~write");
      (void)co_await connection.write(room);
    }
    Connection connection;
    std::byte room[16] = {};
  };
  auto both = make_actor<Both>(rt, ret_nop, std::move(b));
  call<&Both::read>(both);
  call<&Both::write>(both);
  rt.run();
  EXPECT_EQ(told(), "");
  both = {};
  rt.run();
  EXPECT_EQ(told(), "~write ~read");
  spawn(rt, read_all, tell_text("peer"), std::move(a));
  rt.run();
  EXPECT_EQ(told(), "peer=" + std::string(2, '\0') + ".");
}

TEST_F(ConnectionTest, ATaskDroppedInAWriteLeavesAPart) {
  Runtime rt;
  MemoryNetwork net(rt, {.buffer = 3});
  auto [a, b] = net.pair();
  const TaskRef writer =
      spawn(rt, write_text, tell_text("write"), std::move(a), std::string("abcdef"));
  rt.run();
  writer.cancel();
  spawn(rt, read_all, tell_text("read"), std::move(b));
  rt.run();
  EXPECT_EQ(told(), "write!cancelled read=abc.");
}

// Each suspension of a conversation is a place where it can be dropped: afterwards nothing is left,
// and nothing breaks.
TEST_F(ConnectionTest, DroppedAtAnySuspension) {
  int steps = 0;
  for (bool done = false; !done; ++steps) {
    Runtime rt;
    MemoryNetwork net(rt, {.buffer = 8, .latency = 1ms});
    auto server = start_echo(rt, *net.listen("echo"));
    const TaskRef client = spawn(
        rt,
        [](Dial dial) -> Task<std::string> {
          ConnectionResult c = co_await dial();
          co_await send(*c, "a text that does not fit");
          c->shutdown_write();
          co_return co_await receive_all(*c, SIZE_MAX, 5);
        },
        tell_text("client"), Dial(net));
    for (int i = 0; i < steps; ++i) {
      if (rt.run_one()) continue;
      const auto next = rt.next_expiry();
      if (!next) break;
      rt.run(*next, RunLimit{.items = 0});
    }
    done = client.done();
    client.cancel();
    run_virtual(rt);
    EXPECT_EQ(query<&troupe_test::EchoServer::sessions>(rt, server), 0u) << "step " << steps;
    const std::string end = told();
    if (done)
      EXPECT_EQ(end, "client=a text that does not fit.");
    else
      EXPECT_TRUE(end.starts_with("client!cancelled")) << end;
  }
  EXPECT_GT(steps, 20);
}

// ---- chance
TEST_F(ConnectionTest, AnyCutOfTheStreamGivesTheSameBytes) {
  SCOPED_TRACE(troupe_test::seed_text());
  troupe_test::Dice dice(troupe_test::seed());
  for (int round = 0; round < 200; ++round) {
    Runtime rt;
    MemoryNetwork net(rt, {.buffer = 1 + dice.below(100),
                           .latency = std::chrono::microseconds(dice.below(3)),
                           .split = true,
                           .seed = dice.next()});
    auto server = start_echo(rt, *net.listen("echo"));
    std::string text(dice.below(2000), ' ');
    for (char& c : text) c = static_cast<char>('a' + dice.below(26));
    struct Client {
      Task<void> run(Cx<Client>& cx, Dial dial, std::string sent) {
        ConnectionResult c = co_await dial();
        connection = std::move(*c);
        call<&Client::read>(cx, sent.size());
        co_await send(connection, sent);
      }
      Task<void> read(Cx<Client>&, std::size_t size) {
        got = co_await receive_all(connection, size);
      }
      std::string take() { return std::move(got); }
      Connection connection;
      std::string got;
    };
    auto client = make_actor<Client>(rt, ret_nop);
    call<&Client::run>(client, Dial(net), text);
    run_virtual(rt);
    EXPECT_TRUE(query<&Client::take>(rt, client) == text) << "round " << round;
  }
}

// ---- foreign coroutines, and the end
struct Detached {  // the least coroutine type there is
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::abort(); }
  };
};
Detached foreign_read(Connection c) {
  std::byte room[10];
  const IoResult got = co_await c.read_some(room);
  say("foreign=", got ? static_cast<long long>(*got) : -1);
  const IoResult sent = co_await c.write(std::span<const std::byte>(room));
  say("foreign=", sent ? static_cast<long long>(*sent) : -1);
}

TEST_F(ConnectionTest, IsAwaitedInForeignCoroutines) {
  Runtime rt;
  MemoryNetwork net(rt, {.buffer = 4});
  auto [a, b] = net.pair();
  foreign_read(std::move(a));
  rt.run();
  EXPECT_EQ(told(), "");
  spawn(
      rt,
      [](Connection c) -> Task<std::string> {
        co_await send(c, "abc");
        co_return std::to_string((co_await receive_all(c)).size());
      },
      tell_text("other"), std::move(b));
  rt.run();
  EXPECT_EQ(told(), "foreign=3 foreign=10 other=11");
}

TEST_F(ConnectionTest, ARuntimeMayEndUnderAConversation) {
  auto rt = std::make_unique<Runtime>();
  auto net = std::make_unique<MemoryNetwork>(*rt, MemoryOptions{.buffer = 8, .latency = 1ms});
  auto server = start_echo(*rt, *net->listen("echo"));
  for (int i = 0; i < 3; ++i)
    spawn(
        *rt,
        [](Dial dial) -> Task<std::string> {
          ConnectionResult c = co_await dial();
          co_await send(*c, "a text that does not fit");
          co_return co_await receive_all(*c, 100);
        },
        tell_text("client"), Dial(*net));
  auto [a, b] = net->pair();
  spawn(*rt, read_one, tell_text("pair"), std::move(a));
  rt->run(Instant(3ms));
  rt.reset();
  EXPECT_EQ(told(),
            "pair!runtime ended client!runtime ended client!runtime ended client!runtime ended");
  EXPECT_TRUE(b);
  b.close();
  server = {};
}

// Nothing of ours wakes them any more, and a task of ours waits for each.
troupe_test::Lazy foreign_wait(Connection c, Listener l, int what) {
  std::array<std::byte, 100> room;
  if (what == 0) {
    const IoResult got = co_await c.read_some(room);
    say("read:", got ? "came" : to_string(got.error().kind()));
  } else if (what == 1) {
    const IoResult sent = co_await c.write(room);
    say("write:", sent ? "sent" : to_string(sent.error().kind()));
  } else {
    const ConnectionResult come = co_await l.accept();
    say("accept:", come ? "came" : to_string(come.error().kind()));
  }
}

TEST_F(ConnectionTest, WhatForeignCoroutinesAwaitIsClosedAsTheRuntimeEnds) {
  for (int what = 0; what < 3; ++what) {
    testing::internal::CaptureStderr();
    auto rt = std::make_unique<Runtime>();
    rt->set_end_wait(3s);
    auto net = std::make_unique<MemoryNetwork>(*rt, MemoryOptions{.buffer = 8});
    auto [a, b] = net->pair();
    spawn(
        *rt,
        [](Connection c, Listener l, int w) -> Task<std::string> {
          co_await foreign_wait(std::move(c), std::move(l), w);
          co_return "never";
        },
        tell_text("task"), std::move(a), *net->listen("here"), what);
    rt->run();
    rt.reset();
    constexpr const char* words[] = {"read:connection closed", "write:connection closed",
                                     "accept:connection closed"};
    EXPECT_EQ(told(), std::string("task!runtime ended ") + words[what]);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  }
}

Task<std::string> read_within(Connection c, Duration wait) {
  std::array<std::byte, 10> room;
  const auto late = co_await timeout(wait, c.read_some(room)).reply();
  if (!late) say(to_string(late.error().why()));
  co_return co_await receive(c);
}

TEST_F(ConnectionTest, AReadWithALimitLeavesItsBytesToTheNext) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto [a, b] = net.pair();
  spawn(rt, read_within, tell_text("reader"), std::move(b), Duration(1s));
  spawn(
      rt,
      [](Connection c) -> Task<std::string> {
        co_await sleep(1500ms);
        co_return co_await send(c, "late");
      },
      tell_text("writer"), std::move(a));
  run_virtual(rt);
  EXPECT_EQ(told(), "timed out writer=sent4 reader=late");
}

TEST_F(ConnectionTest, AReadWithALimitAtWhichItsBytesComeLosesNone) {
  for (const Duration when : {Duration(999ms), Duration(1000ms), Duration(1001ms)}) {
    Runtime rt;
    MemoryNetwork net(rt, {.latency = 500ms});
    auto [a, b] = net.pair();
    auto all = std::make_shared<std::string>();
    spawn(
        rt,
        [](Connection c, std::shared_ptr<std::string> got) -> Task<> {
          for (int i = 0; i < 3; ++i) {
            std::array<char, 3> room;
            const auto n =
                co_await timeout(1s, c.read_some(std::as_writable_bytes(std::span(room)))).reply();
            if (n && *n) got->append(room.data(), **n);
          }
        },
        ret_nop, std::move(b), all);
    spawn(
        rt,
        [](Connection c, Duration wait) -> Task<> {
          co_await sleep(wait);
          (void)co_await c.write(bytes("abcdef"));
          co_await sleep(10s);
        },
        ret_nop, std::move(a), when - Duration(500ms));
    run_virtual(rt);
    EXPECT_EQ(*all, "abcdef");
  }
}

TEST_F(ConnectionTest, ARaceThatAReadLosesLeavesItsBytesToTheNext) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto [a, b] = net.pair();
  spawn(
      rt,
      [](Connection c) -> Task<std::string> {
        std::array<std::byte, 10> room;
        const auto raced = co_await race(c.read_some(room), sleep(1s));
        say("first", static_cast<int>(raced.index()));
        const auto both = co_await all(c.write(bytes("x")), c.read_some(room));
        co_return "read" + std::to_string(*std::get<1>(both));
      },
      tell_text("reader"), std::move(b));
  spawn(
      rt,
      [](Connection c) -> Task<std::string> {
        co_await sleep(2s);
        co_return co_await send(c, "late");
      },
      tell_text("writer"), std::move(a));
  run_virtual(rt);
  EXPECT_EQ(told(), "first1 writer=sent4 reader=read4");
}

TEST_F(ConnectionTest, WhatGoesBeforeARaceHasBegunItsOperationIsClosed) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto listener = net.listen("here");
  auto [near, far] = net.pair();
  static std::byte room[8];
  const auto at_once = [&](auto start) {
    spawn(
        rt,
        [](Borrowed<Connection> c, Borrowed<Listener> l, decltype(start) s) -> Task<> {
          const auto raced = co_await race(s(*c, *l), sleep(1s));
          EXPECT_EQ(raced.index(), 0u);
          say(raced.template get<0>()->error() == IoError::closed ? "closed" : "else");
        },
        ret_nop, unsafe_borrow(near), unsafe_borrow(*listener), start);
  };
  at_once([](Connection& c, Listener&) { return c.read_some(room); });
  at_once([](Connection& c, Listener&) { return c.write(room); });
  at_once([](Connection&, Listener& l) { return l.accept(); });
  for (int task = 0; task < 3; ++task) rt.run_one();
  near.close();
  far.reset();
  listener->close();
  run_virtual(rt);
  EXPECT_EQ(told(), "closed closed closed");
}

TEST_F(ConnectionTest, ATaskThatDropsItselfBeforeItWaitsLosesNoBytes) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto [a, b] = net.pair();
  auto shared = std::make_shared<Connection>(std::move(b));
  spawn(rt, write_text, ret_nop, std::move(a), std::string(100, 'x'));
  rt.run();
  auto self = std::make_shared<TaskRef>();
  *self = spawn(
      rt,
      [](std::shared_ptr<Connection> c, std::shared_ptr<TaskRef> me) -> Task<> {
        std::byte one;
        for (int i = 0; i < ConnectionPlug::at_once; ++i)
          (void)co_await c->read_some(std::span(&one, 1));
        me->cancel();
        (void)co_await c->read_some(std::span(&one, 1));
      },
      ret_nop, shared, self);
  rt.run();
  spawn(
      rt,
      [](std::shared_ptr<Connection> c) -> Task<std::string> {
        co_return co_await receive_all(*c);
      },
      ret_some_do<std::string>(
          [](std::string rest) { say("rest", static_cast<int>(rest.size())); }),
      shared);
  rt.run();
  EXPECT_EQ(told(), "rest" + std::to_string(100 - ConnectionPlug::at_once + 1));
}

TEST_F(ConnectionTest, WhoWaitsForBytesIsListedInWords) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto [a, b] = net.pair();
  spawn(rt, read_one, tell_text("reader"), std::move(b));
  rt.run();
  EXPECT_NE(rt.why_alive().text().find("bytes to read"), std::string::npos)
      << rt.why_alive().text();
  a.close();
  rt.run();
  EXPECT_EQ(told(), "reader=.");
}

#if TROUPE_DEBUG
TEST_F(ConnectionTest, AReadThatWaitsIsNotMoved) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto [a, b] = net.pair();
  std::array<std::byte, 1> room;
  EXPECT_DEATH(
      {
        ReadSome read = b.read_some(room);
        read.wait(Wake());
        const ReadSome moved = std::move(read);
      },
      "an awaitable was moved while it was awaited");
}
#endif

}  // namespace connection_test
}  // namespace troupe
