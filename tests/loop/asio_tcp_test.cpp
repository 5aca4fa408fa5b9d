// loop/asio_tcp_test.cpp: TCP over the loopback: echo, half-close, reset, dropped tasks, and every
// order of ends.
#include <troupe/loop/asio_tcp.hpp>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <asio/io_context.hpp>
#include <memory>

#include "io/echo.hpp"
#include "support/allocations_hook.hpp"

namespace troupe {
namespace asio_tcp_test {

using namespace std::chrono_literals;
using troupe_test::Allocations;
using troupe_test::bytes;
using troupe_test::EchoServer;
using troupe_test::EchoSession;
using troupe_test::receive;
using troupe_test::receive_all;
using troupe_test::say;
using troupe_test::send;
using troupe_test::start_echo;
using troupe_test::tell_text;
using troupe_test::told;

struct AsioTcpTest : troupe_test::RecordedTest {
  void TearDown() override {
    EXPECT_EQ(EchoSession::live, 0);
    if (Ledger::enabled) {
      EXPECT_EQ(Ledger::here().live(), 0u);
    }
  }
};
// Ends the loop when the last of so many tasks has gone, by an end of their own or not.
struct Until {
  explicit Until(Runtime& rt, int n) : deferrer(rt.core().deferrer()), left(n) {}
  Ret<std::string> one(std::string tag) {
    return ret_do(
        [](Until* u, std::string t, Reply<std::string> r) {
          if (!t.empty()) troupe_test::say_reply(std::move(t), r);
          if (--u->left == 0)
            u->deferrer.defer([](Core& core) { core.shutdown(StopCause::stopped); });
        },
        unsafe_borrow(this), std::move(tag));
  }
  Deferrer deferrer;
  int left;
};

TEST_F(AsioTcpTest, EchoesToAHundredConnections) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  Listener listener = *tcp_listen(loop, "127.0.0.1", 0);
  const std::uint16_t port = listener.port();
  EXPECT_GT(port, 0);
  EXPECT_EQ(listener.address(), "127.0.0.1:" + std::to_string(port));
  auto server = start_echo(rt, std::move(listener));
  Until until(rt, 100);
  for (int i = 0; i < 100; ++i) {
    spawn(
        rt,
        [](Core& core, std::uint16_t to, int number) -> Task<std::string> {
          ConnectionResult c = co_await tcp_connect(core, "127.0.0.1", to);
          if (!c) co_return c.error().text();
          EXPECT_EQ(c->peer(), "127.0.0.1:" + std::to_string(to));
          const std::string text(static_cast<std::size_t>(number) * 100 + 1,
                                 static_cast<char>('a' + number % 26));
          for (int k = 0; k < 5; ++k) {
            co_await send(*c, text);
            const std::string back = co_await receive_all(*c, text.size(), 10000);
            EXPECT_TRUE(back == text) << number;
          }
          c->shutdown_write();
          const std::string end = co_await receive_all(*c);
          EXPECT_EQ(end, ".");
          co_return "";
        },
        until.one(""), port, i);
  }
  EXPECT_EQ(loop.run(), StopCause::stopped);
  rt.run();
  EXPECT_EQ(until.left, 0);
  EXPECT_EQ(query<&EchoServer::sessions>(rt, server), 0u);
}

// A connected pair, made inside a loop.
struct TcpPair : AsioTcpTest {
  TcpPair() { connect(); }
  void connect() {
    Listener listener = *tcp_listen(*loop, "127.0.0.1", 0);
    Until until(*rt, 2);
    spawn(
        *rt,
        [](Core& core, std::uint16_t port, Out out) -> Task<std::string> {
          ConnectionResult c = co_await tcp_connect(core, "127.0.0.1", port);
          *out.connection = std::move(*c);
          co_return "";
        },
        until.one(""), listener.port(), Out(a));
    spawn(
        *rt,
        [](Listener l, Out out) -> Task<std::string> {
          ConnectionResult c = co_await l.accept();
          *out.connection = std::move(*c);
          co_return "";
        },
        until.one(""), std::move(listener), Out(b));
    loop->run();
  }
  struct Out {
    explicit Out(Connection& c) : connection(&c) {}
    Connection* connection;
  };
  void run() { loop->run(); }
  static Task<std::string> read(Out from) { co_return co_await receive(*from.connection); }
  static Task<std::string> read_to_end(Out from) {
    co_return co_await receive_all(*from.connection, SIZE_MAX, 1 << 16);
  }
  static Task<std::string> write(Out to, std::string text) {
    co_return co_await send(*to.connection, text);
  }
  std::unique_ptr<Runtime> rt = std::make_unique<Runtime>(Clock::now());
  std::unique_ptr<AsioLoop> loop = std::make_unique<AsioLoop>(*rt);
  Connection a, b;
};
using AsioTcpPairTest = TcpPair;

TEST_F(AsioTcpPairTest, AHalfClosedConnectionStillCarriesTheOtherWay) {
  a.shutdown_write();
  Until until(*rt, 2);
  spawn(
      *rt,
      [](Out out) -> Task<std::string> {
        const std::string got = co_await receive(*out.connection);
        co_await sleep(1ms);
        const std::string sent = co_await send(*out.connection, "late");
        out.connection->close();
        co_return got + sent;
      },
      until.one("b"), Out(b));
  spawn(*rt, read_to_end, until.one("a"), Out(a));
  run();
  EXPECT_EQ(told(), "b=.sent4 a=late.");
  spawn(*rt, write, tell_text("a"), Out(a), std::string("x"));
  rt->run();
  EXPECT_EQ(told(), "a=connection closed");
}

TEST_F(AsioTcpPairTest, AResetIsAnErrorAtTheOtherEnd) {
  Until until(*rt, 1);
  spawn(*rt, read, until.one("a"), Out(a));
  after(*rt, 1ms, [](Out out) { out.connection->reset(); }, Out(b));
  run();
  EXPECT_EQ(told(), "a=!connection reset");
}

TEST_F(AsioTcpPairTest, AfterALingeringCloseTheOtherEndHasAll) {
  Until until(*rt, 2);
  spawn(
      *rt,
      [](Out out) -> Task<std::string> {
        co_await send(*out.connection, "question");
        co_await sleep(2ms);
        co_await send(*out.connection, "another");
        const std::string all = co_await receive_all(*out.connection);
        out.connection->close();
        co_return all;
      },
      until.one("b"), Out(b));
  spawn(
      *rt,
      [](Out out) -> Task<std::string> {
        co_await sleep(1ms);
        co_await send(*out.connection, "goodbye");
        const bool closed = co_await lingering_close(std::move(*out.connection));
        co_return closed ? "closed" : "cut";
      },
      until.one("a"), Out(a));
  run();
  EXPECT_EQ(told(), "b=goodbye. a=closed");
}

// The system tells such an error once, to whoever asks first.
TEST_F(AsioTcpPairTest, AResetIsToldToEveryReadAndWriteFromThenOn) {
  for (const bool reads_first : {false, true}) {
    Until until(*rt, 1);
    b.reset();
    spawn(
        *rt,
        [](Out out, bool reads) -> Task<std::string> {
          co_await sleep(1ms);
          std::string log;
          for (int i = 0; i < 3; ++i) {
            if (reads || i != 0) log += co_await receive(*out.connection) + " ";
            log += co_await send(*out.connection, "x") + " ";
          }
          co_return log + co_await receive(*out.connection);
        },
        until.one("a"), Out(a), reads_first);
    run();
    const std::string end = told();
    EXPECT_EQ(end.find('.'), std::string::npos) << "no end of the stream: " << end;
    EXPECT_EQ(end.find("sent"), std::string::npos) << end;
    a.close();
    connect();
  }
}

TEST_F(AsioTcpPairTest, AResetForAReadThatIsDroppedIsToldToTheNext) {
  for (int steps = 0; steps < 6;
       ++steps) {  // with some of them the error has come, and the task has not run yet
    const TaskRef first = spawn(*rt, read, tell_text("first"), Out(a));
    rt->run();
    b.reset();
    loop->context().restart();
    for (int i = 0; i < steps; ++i) loop->context().poll_one();
    first.cancel();
    rt->run();
    told();
    Until until(*rt, 1);
    spawn(*rt, read, until.one("second"), Out(a));
    run();
    const std::string end = told();
    EXPECT_TRUE(end == "second=!connection reset") << steps << " steps: " << end;
    a.close();
    connect();
  }
}

TEST_F(AsioTcpPairTest, WhatCameBeforeAResetIsReadAlsoBehindAWriteThatHeardOfIt) {
  Until until(*rt, 2);
  spawn(*rt, write, until.one(""), Out(b), std::string("last words"));
  after(*rt, 1ms, [](Out out) { out.connection->reset(); }, Out(b));
  spawn(
      *rt,
      [](Out out) -> Task<std::string> {
        co_await sleep(3ms);
        std::string log = co_await send(*out.connection, "x");
        log += " " + co_await receive_all(*out.connection);
        co_return log;
      },
      until.one("a"), Out(a));
  run();
  EXPECT_EQ(told(), "a=connection reset last words!connection reset");
}

TEST_F(AsioTcpPairTest, WritingToAnEndThatHasGoneIsAResetAtLast) {
  b.close();
  Until until(*rt, 1);
  spawn(
      *rt,
      [](Out out) -> Task<std::string> {
        for (;;) {
          const IoResult sent = co_await out.connection->write(bytes("x"));
          if (!sent) co_return std::string(to_string(sent.error().kind()));
          co_await sleep(1ms);
        }
      },
      until.one("a"), Out(a));
  run();
  EXPECT_EQ(told(), "a=connection reset");
}

TEST_F(AsioTcpPairTest, MoreThanTheSystemHoldsAtOnceArrives) {
  const std::string big(16 * 1024 * 1024, 'x');
  Until until(*rt, 2);
  spawn(
      *rt,
      [](Out out, std::string text) -> Task<std::string> {
        const std::string sent = co_await send(*out.connection, text);
        out.connection->shutdown_write();
        co_return sent;
      },
      until.one("a"), Out(a), big);
  spawn(
      *rt,
      [](Out out) -> Task<std::string> {
        const std::string all = co_await receive_all(*out.connection, SIZE_MAX, 1 << 16);
        co_return std::to_string(all.size());
      },
      until.one("b"), Out(b));
  run();
  const std::string end = told();
  EXPECT_NE(end.find("a=sent16777216"), std::string::npos) << end;
  EXPECT_NE(end.find("b=16777217"), std::string::npos) << end;
}

TEST_F(AsioTcpPairTest, ADroppedReaderLosesNoBytes) {
  const TaskRef first = spawn(*rt, read, tell_text("first"), Out(a));
  rt->run();
  first.cancel();
  EXPECT_EQ(told(), "first!cancelled");
  Until until(*rt, 1);
  spawn(*rt, write, ret_nop, Out(b), std::string("bytes"));
  spawn(*rt, read, until.one("second"), Out(a));
  run();
  EXPECT_EQ(told(), "second=bytes");
}

TEST_F(AsioTcpPairTest, ADroppedWriterMayGoAtOnce) {
  const TaskRef writer =
      spawn(*rt, write, tell_text("write"), Out(a), std::string(32 * 1024 * 1024, 'x'));
  rt->run();
  EXPECT_FALSE(writer.done());
  writer.cancel();
  EXPECT_EQ(told(), "write!cancelled");
  a.close();
  Until until(*rt, 1);
  spawn(
      *rt,
      [](Out out) -> Task<std::string> {
        const std::string all = co_await receive_all(*out.connection, SIZE_MAX, 1 << 16);
        co_return all.substr(all.size() - 2);
      },
      until.one("read"), Out(b));
  run();
  EXPECT_EQ(told(), "read=x.");
}

TEST_F(AsioTcpPairTest, SteadyTrafficAllocatesNothing) {
  Until until(*rt, 1);
  spawn(
      *rt,
      [](Out out) -> Task<void> {
        std::byte room[64];
        for (;;) {
          const IoResult got = co_await out.connection->read_some(room);
          if (!got || *got == 0) co_return;
          (void)co_await out.connection->write(std::span<const std::byte>(room).first(*got));
        }
      },
      ret_nop, Out(b));
  spawn(
      *rt,
      [](Out out) -> Task<std::string> {
        std::byte room[64];
        std::int64_t before = 0;
        for (int i = 0; i < 1100; ++i) {
          if (i == 100) before = Allocations::made;
          (void)co_await out.connection->write(bytes("ping"));
          (void)co_await out.connection->read_some(room);
        }
        co_return std::to_string(Allocations::made - before);
      },
      until.one("allocations"), Out(a));
  run();
  EXPECT_EQ(told(), "allocations=0");
  a.close();
}

TEST_F(AsioTcpPairTest, HandlesThatOutliveTheLoopAreClosed) {
  Listener listener = *tcp_listen(*loop, "127.0.0.1", 0);
  spawn(*rt, read, tell_text("read"), Out(a));
  spawn(*rt, write, tell_text("write"), Out(a), std::string(32 * 1024 * 1024, 'x'));
  spawn(
      *rt,
      [](Core&, Listener l) -> Task<std::string> {
        const ConnectionResult c = co_await l.accept();
        co_return std::string(to_string(c.error().kind()));
      },
      tell_text("accept"), std::move(listener));
  rt->run();
  loop.reset();
  rt->run();
  EXPECT_EQ(told(), "accept=connection closed read=!connection closed write=connection closed");
  EXPECT_EQ(a.peer(), "");
  spawn(*rt, read, tell_text("b"), Out(b));
  rt->run();
  EXPECT_EQ(told(), "b=!connection closed");
}

TEST_F(AsioTcpPairTest, HandlesThatOutliveTheRuntimeAreHarmless) {
  spawn(*rt, read, tell_text("read"), Out(a));
  rt->run();
  rt.reset();
  EXPECT_EQ(told(), "read!runtime ended");
  b.close();
  loop->context().poll();
  loop.reset();
}

TEST_F(AsioTcpPairTest, HandlesThatOutliveBothAreHarmless) {
  spawn(*rt, read, tell_text("read"), Out(a));
  rt->run();
  rt.reset();
  loop.reset();
  EXPECT_EQ(told(), "read!runtime ended");
}

// Each suspension of a conversation is a place where it can be dropped.
TEST_F(AsioTcpTest, DroppedAtAnySuspension) {
  int steps = 0;
  for (bool done = false; !done && steps < 1000; ++steps) {
    asio::io_context io;
    Runtime rt(Clock::now());
    AsioLoop loop(rt, io);
    Listener listener = *tcp_listen(loop, "127.0.0.1", 0);
    const std::uint16_t port = listener.port();
    auto server = start_echo(rt, std::move(listener));
    const TaskRef client = spawn(
        rt,
        [](Core& core, std::uint16_t to) -> Task<std::string> {
          ConnectionResult c = co_await tcp_connect(core, "127.0.0.1", to);
          for (int i = 0; i < 3; ++i) {
            co_await send(*c, "a text");
            const std::string back = co_await receive_all(*c, 6);
            EXPECT_EQ(back, "a text");
          }
          c->shutdown_write();
          co_return co_await receive_all(*c);
        },
        tell_text("client"), port);
    for (int i = 0; i < steps && !client.done(); ++i) {
      while (!rt.run_one() && !client.done()) io.run_one_for(10ms);
    }
    done = client.done();
    client.cancel();
    for (int i = 0; i < 200 && (i < 3 || EchoSession::live != 0); ++i) {
      rt.run();
      io.run_one_for(1ms);
    }
    EXPECT_EQ(query<&EchoServer::sessions>(rt, server), 0u) << "step " << steps;
    EXPECT_TRUE(told().starts_with(done ? "client=." : "client!cancelled")) << "step " << steps;
  }
  EXPECT_GT(steps, 5);
}

TEST_F(AsioTcpTest, AConversationMayBeCutByAnyEnd) {
  for (int order = 0; order < 6; ++order) {
    asio::io_context io;
    auto rt = std::make_unique<Runtime>(Clock::now());
    auto loop = order % 2 ? std::make_unique<AsioLoop>(*rt, io) : std::make_unique<AsioLoop>(*rt);
    Listener listener = *tcp_listen(*loop, "127.0.0.1", 0);
    const std::uint16_t port = listener.port();
    auto server = start_echo(*rt, std::move(listener));
    for (int i = 0; i < 5; ++i)
      spawn(
          *rt,
          [](Core& core, std::uint16_t to) -> Task<void> {
            ConnectionResult c = co_await tcp_connect(core, "127.0.0.1", to);
            while (c) {
              const std::string sent = co_await send(*c, "a text");
              const std::string back = co_await receive(*c);
              if (!sent.starts_with("sent") || back == "." || back.starts_with("!")) break;
            }
          },
          ret_nop, port);
    for (int i = 0; i < 20 * order; ++i) loop->context().poll_one();
    if (order / 2 == 0)
      loop.reset();
    else if (order / 2 == 1)
      rt.reset();
    else
      server = {};
    if (loop) loop->context().poll();
    told();
  }
}

TEST_F(AsioTcpTest, ErrorsAreValues) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  EXPECT_EQ(tcp_listen(loop, "nowhere", 0).error(), IoError::bad_address);
  EXPECT_EQ(tcp_listen(loop, "192.0.2.1", 0).error(), IoError::bad_address);
  Listener listener = *tcp_listen(loop, "127.0.0.1", 0);
  EXPECT_EQ(tcp_listen(rt, "127.0.0.1", listener.port()).error(), IoError::address_in_use);
  const std::uint16_t port = listener.port();
  listener.close();
  Until until(rt, 2);
  const auto dial = [](Core& core, std::string host, std::uint16_t to) -> Task<std::string> {
    const ConnectionResult c = co_await tcp_connect(core, host, to);
    co_return std::string(c ? "connected" : to_string(c.error().kind()));
  };
  spawn(rt, dial, until.one("nobody"), std::string("127.0.0.1"), port);
  spawn(rt, dial, until.one("nameless"), std::string("no such host.invalid"), port);
  loop.run();
  const std::string end = told();
  EXPECT_NE(end.find("nobody=connection refused"), std::string::npos) << end;
  EXPECT_NE(end.find("nameless=bad address"), std::string::npos) << end;
}

// Connects again and again until each of two listeners on one port has had a connection.
TEST_F(AsioTcpTest, ListenersThatShareAPortHaveConnectionsEach) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  constexpr TcpListenOptions shared{.shares_port = true};
  Listener first = *tcp_listen(loop, "127.0.0.1", 0, shared);
  const std::uint16_t port = first.port();
  EXPECT_EQ(tcp_listen(loop, "127.0.0.1", port).error(), IoError::address_in_use);
  Listener second = *tcp_listen(rt, "127.0.0.1", port, shared);
  EXPECT_EQ(second.port(), port);
  Listener alone = *tcp_listen(loop, "127.0.0.1", 0);
  EXPECT_EQ(tcp_listen(loop, "127.0.0.1", alone.port(), shared).error(), IoError::address_in_use);
  Until until(rt, 2);
  const auto accepts_one = [](Listener listener) -> Task<std::string> {
    const ConnectionResult c = co_await listener.accept();
    co_return std::string(c ? "had one" : c.error().text());
  };
  spawn(rt, accepts_one, until.one("first"), std::move(first));
  spawn(rt, accepts_one, until.one("second"), std::move(second));
  const TaskRef dials = spawn(
      rt,
      [](Core& core, std::uint16_t to) -> Task<> {
        for (;;) (void)co_await tcp_connect(core, "127.0.0.1", to);
      },
      ret_nop, port);
  EXPECT_EQ(loop.run(), StopCause::stopped);
  const std::string end = told();
  EXPECT_NE(end.find("first=had one"), std::string::npos) << end;
  EXPECT_NE(end.find("second=had one"), std::string::npos) << end;
}

TEST_F(AsioTcpTest, NamesAreLookedUp) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  auto listener = tcp_listen(loop, "127.0.0.1", 0);
  Until until(rt, 1);
  spawn(
      rt,
      [](Core& core, std::uint16_t to) -> Task<std::string> {
        const ConnectionResult c = co_await tcp_connect(core, "localhost", to);
        co_return c ? c->peer().substr(0, 9) : c.error().text();
      },
      until.one("peer"), listener->port());
  loop.run();
  EXPECT_EQ(told(), "peer=127.0.0.1");
}

#if !TROUPE_ASAN  // UBSan's check of virtual calls opens a pipe, and there is no descriptor for it
void set_most_descriptors(rlim_t most) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = most;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}
// So few descriptors that one more socket takes the last one, as long as this lives.
struct FewDescriptors {
  FewDescriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    normal = limit.rlim_cur;
    const int next = ::dup(0);
    ::close(next);
    set_most_descriptors(static_cast<rlim_t>(next) + 1);
  }
  ~FewDescriptors() { set_most_descriptors(normal); }
  FewDescriptors(const FewDescriptors&) = delete;
  rlim_t normal;
};

TEST_F(AsioTcpTest, AShortageOfDescriptorsIsWaitedOut) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  Listener listener = *tcp_listen(loop, "127.0.0.1", 0);
  const std::uint16_t port = listener.port();
  auto server = start_echo(rt, std::move(listener));
  Until until(rt, 1);
  const int kept = ::dup(0);
  const FewDescriptors few;
  spawn(
      rt,
      [](Core& core, std::uint16_t to, int spare, rlim_t normal) -> Task<std::string> {
        ConnectionResult first = co_await tcp_connect(core, "127.0.0.1", to);
        co_await send(*first, "first");
        say(co_await receive(*first));  // it has the descriptor that the listener kept
        ::close(spare);
        ConnectionResult second = co_await tcp_connect(core, "127.0.0.1", to);
        co_await send(*second, "second");
        co_await sleep(20ms);
        set_most_descriptors(normal);
        say("descriptors");
        co_return co_await receive(*second);
      },
      until.one("client"), port, kept, few.normal);
  loop.run();
  EXPECT_EQ(told(), "first descriptors client=second");
}

TEST_F(AsioTcpTest, WhoComesWhenThereAreNoDescriptorsCanBeTold) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  Listener listener = *tcp_listen(loop, "127.0.0.1", 0);
  const std::uint16_t port = listener.port();
  EXPECT_FALSE(listener.is_short());
  EXPECT_FALSE(Listener().is_short());
  auto server = spawn(
      rt,
      [](Core&, Listener at) -> Task<> {
        for (;;) {
          ConnectionResult c = co_await at.accept();
          if (!c) co_return;
          co_await send(*c, at.is_short() ? "no" : "yes");
        }
      },
      ret_nop, std::move(listener));
  Until until(rt, 1);
  const FewDescriptors few;
  spawn(
      rt,
      [](Core& core, std::uint16_t to, rlim_t normal) -> Task<std::string> {
        for (int i = 0; i < 40; ++i) {
          const bool is_short = i < 35;  // more than are accepted in a row
          if (!is_short) set_most_descriptors(normal);
          ConnectionResult c = co_await tcp_connect(core, "127.0.0.1", to);
          const std::string heard = co_await receive_all(*c);
          if (heard != (is_short ? "no." : "yes.")) co_return std::to_string(i) + heard;
        }
        co_return "all";
      },
      until.one("client"), port, few.normal);
  loop.run();
  EXPECT_EQ(told(), "client=all");
}
#endif

TEST_F(AsioTcpTest, ACallerIsServedInAHostsContext) {
  asio::io_context io;
  Runtime rt(Clock::now());
  AsioLoop loop(rt, io);
  Listener listener = *tcp_listen(loop, "127.0.0.1", 0);
  const std::uint16_t port = listener.port();
  auto server = start_echo(rt, std::move(listener));
  loop.on_shutdown([&io] { io.stop(); });
  Until until(rt, 1);
  spawn(
      rt,
      [](Core& core, std::uint16_t to) -> Task<std::string> {
        ConnectionResult c = co_await tcp_connect(core, "127.0.0.1", to);
        co_await send(*c, "hello");
        co_return co_await receive_all(*c, 5);
      },
      until.one("client"), port);
  io.run();
  EXPECT_EQ(told(), "client=hello");
}

}  // namespace asio_tcp_test
}  // namespace troupe
