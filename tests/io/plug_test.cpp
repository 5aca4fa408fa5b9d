// io/plug_test.cpp: what handles ask of a plug, seen from a plug that a test moves by hand.
#include <troupe/io/plug.hpp>

#include <gtest/gtest.h>

#include <cstring>

#include "io/echo.hpp"

namespace troupe {
namespace {

using troupe_test::receive;
using troupe_test::say;
using troupe_test::send;
using troupe_test::tell_text;
using troupe_test::told;

// Gives the bytes of `input`, takes `room` bytes, and says what it is asked.
class HandPlug final : public ConnectionPlug {
 public:
  explicit HandPlug(Core& core) : ConnectionPlug(core) {}
  IoResult try_read(std::span<std::byte> to) noexcept override {
    say("try_read");
    if (input.empty()) return std::unexpected(IoError(IoError::would_block));
    const std::size_t n = std::min(to.size(), input.size());
    std::memcpy(to.data(), input.data(), n);
    input.erase(0, n);
    return n;
  }
  IoResult try_write(std::span<const std::byte> bytes) noexcept override {
    say("try_write", static_cast<long long>(bytes.size()));
    if (room == 0) return std::unexpected(IoError(IoError::would_block));
    const std::size_t n = std::min(room, bytes.size());
    output.append(reinterpret_cast<const char*>(bytes.data()), n);
    room -= n;
    return n;
  }
  void watch_read() noexcept override { say("watch_read"); }
  void watch_write() noexcept override { say("watch_write"); }
  void end_write() noexcept override { say("end_write"); }
  void end(bool reset) noexcept override { say(reset ? "reset" : "end"); }
  std::string peer() const override { return "hand"; }
  using ConnectionPlug::abandon;
  using ConnectionPlug::readable;
  using ConnectionPlug::writable;
  std::string input, output;
  std::size_t room = 0;
};

struct PlugTest : troupe_test::RecordedTest {
  PlugTest() : plug(rt), connection(&plug) {}
  TaskRef read(std::size_t most = 100) {
    return spawn(
        rt, [](HandOver c, std::size_t n) -> Task<std::string> { co_return co_await receive(*c, n); },
        tell_text("read"), HandOver(&connection), most);
  }
  TaskRef write(std::string text) {
    return spawn(
        rt, [](HandOver c, std::string t) -> Task<std::string> { co_return co_await send(*c, t); }, tell_text("write"),
        HandOver(&connection), std::move(text));
  }
  struct HandOver {  // the test owns the connection, and outlives its tasks
    explicit HandOver(Connection* c) : connection(c) {}
    Connection& operator*() const { return *connection; }
    Connection* connection;
  };
  Runtime rt;
  HandPlug plug;
  Connection connection;
};

TEST_F(PlugTest, WhatIsThereIsReadWithoutWatching) {
  plug.input = "abc";
  read();
  rt.run();
  EXPECT_EQ(told(), "try_read read=abc");
}

TEST_F(PlugTest, AReadThatWouldBlockWatchesOnceAndTriesWhenTold) {
  read();
  rt.run();
  EXPECT_EQ(told(), "try_read watch_read");
  plug.readable();  // in vain
  EXPECT_EQ(told(), "try_read watch_read");
  plug.input = "xy";
  plug.readable();
  EXPECT_EQ(told(), "try_read") << "the task resumes by the queue, not inside";
  rt.run();
  EXPECT_EQ(told(), "read=xy");
}

TEST_F(PlugTest, AWatchOutlivesTheTaskThatAskedForIt) {
  read().cancel();
  rt.run();
  told();
  TaskRef task = read();
  rt.run();
  EXPECT_EQ(told(), "try_read watch_read");
  task.cancel();
  rt.run();
  EXPECT_EQ(told(), "read!cancelled");
  read();
  rt.run();
  EXPECT_EQ(told(), "try_read") << "it watches already";
  plug.input = "z";
  plug.readable();
  rt.run();
  EXPECT_EQ(told(), "try_read read=z");
  plug.readable();
  EXPECT_EQ(told(), "") << "nobody waits";
}

TEST_F(PlugTest, BytesForATaskThatWasDroppedGoToTheNext) {
  TaskRef task = read();
  rt.run();
  plug.input = "abcdef";
  plug.readable();
  task.cancel();
  told();
  read(4);
  read(4);
  rt.run();
  EXPECT_EQ(told(), "read=abcd read=ef") << "from what was put back, without asking the plug";
  plug.input = "g";
  read();
  rt.run();
  EXPECT_EQ(told(), "try_read read=g");
}

TEST_F(PlugTest, AWriteGoesOnUntilAllIsTaken) {
  plug.room = 2;
  write("abcde");
  rt.run();
  EXPECT_EQ(told(), "try_write5 try_write3 watch_write");
  plug.room = 2;
  plug.writable();
  EXPECT_EQ(told(), "try_write3 try_write1 watch_write");
  plug.room = 9;
  plug.writable();
  rt.run();
  EXPECT_EQ(told(), "try_write1 write=sent5");
  EXPECT_EQ(plug.output, "abcde");
}

TEST_F(PlugTest, AReadAndAWriteWaitSideBySide) {
  read();
  write("a");
  rt.run();
  EXPECT_EQ(told(), "try_read watch_read try_write1 watch_write");
  plug.abandon(IoError(IoError::reset));
  rt.run();
  EXPECT_EQ(told(), "read=!connection reset write=connection reset");
}

TEST_F(PlugTest, NothingIsAskedForNothing) {
  read(0);
  write("");
  rt.run();
  EXPECT_EQ(told(), "read= write=sent0");
}

TEST_F(PlugTest, ClosingEndsWhatWaits) {
  read();
  write("a");
  rt.run();
  told();
  connection.close();
  EXPECT_EQ(told(), "end");
  rt.run();
  EXPECT_EQ(told(), "read=!connection closed write=connection closed");
}

TEST_F(PlugTest, ClosingForgetsATaskThatHasItsBytesAlready) {
  TaskRef task = read();
  rt.run();
  plug.input = "a";
  plug.readable();
  connection.close();
  told();
  rt.run();
  EXPECT_EQ(told(), "read=a");
}

TEST_F(PlugTest, AfterTheEndOfWritingEveryWriteIsClosed) {
  write("a");
  rt.run();
  told();
  connection.shutdown_write();
  connection.shutdown_write();
  write("b");
  rt.run();
  EXPECT_EQ(told(), "end_write write=connection closed write=connection closed");
}

TEST_F(PlugTest, AFastPeerGivesOthersATurn) {
  plug.input = std::string(100, 'x');
  spawn(
      rt,
      [](HandOver c) -> Task<std::string> {
        std::string all;
        while (all.size() < 100) all += co_await receive(*c, 1);
        co_return std::to_string(all.size());
      },
      tell_text("reader"), HandOver(&connection));
  std::size_t items = 0;
  while (rt.run_one()) ++items;
  EXPECT_EQ(items, 1 + 100 / (ConnectionPlug::at_once + 1));
  EXPECT_TRUE(told().ends_with("reader=100"));
}

TEST_F(PlugTest, OutlivesItsRuntime) {
  auto other = std::make_unique<Runtime>();
  HandPlug mine(*other);
  Connection c(&mine);
  spawn(
      *other, [](HandOver h) -> Task<std::string> { co_return co_await receive(*h); }, tell_text("read"), HandOver(&c));
  other->run();
  EXPECT_EQ(told(), "try_read watch_read");
  other.reset();
  EXPECT_EQ(told(), "read!runtime ended");
  mine.input = "a";
  mine.readable();
  mine.abandon(IoError(IoError::closed));
  EXPECT_EQ(told(), "");
}

using PlugDeathTest = PlugTest;

TEST_F(PlugDeathTest, TwoReadsAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(read(); read(); rt.run(), "a second read began while one was waiting");
  EXPECT_DEATH(write("a"); write("b"); rt.run(), "a second write began while one was waiting");
}

}  // namespace
}  // namespace troupe
