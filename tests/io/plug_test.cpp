// io/plug_test.cpp: what handles ask of a plug, seen from a plug that a test moves by hand.
#include <troupe/io/plug.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <optional>

#include "io/echo.hpp"
#include "support/allocations_hook.hpp"
#include "support/seed.hpp"

namespace troupe {
namespace plug_test {

using troupe_test::receive;
using troupe_test::say;
using troupe_test::send;
using troupe_test::tell_text;
using troupe_test::told;

// Gives the bytes of `input`, takes `room` bytes, tells an error or the end once, and says what it
// is asked.
class HandPlug final : public ConnectionPlug {
 public:
  explicit HandPlug(Core& core) : ConnectionPlug(core) {}
  IoResult try_read(std::span<std::byte> to) noexcept override {
    say("try_read");
    if (input.empty() && read_once) return *std::exchange(read_once, std::nullopt);
    if (input.empty()) return std::unexpected(IoError(IoError::would_block));
    const std::size_t n = std::min(to.size(), input.size());
    std::memcpy(to.data(), input.data(), n);
    input.erase(0, n);
    return n;
  }
  IoResult try_write(std::span<const std::byte> bytes) noexcept override {
    say("try_write", static_cast<long long>(bytes.size()));
    if (write_once) return *std::exchange(write_once, std::nullopt);
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
  using ConnectionPlug::note_clean_end;
  using ConnectionPlug::readable;
  using ConnectionPlug::writable;
  std::string input, output;
  std::size_t room = 0;
  std::optional<IoResult> read_once,
      write_once;  // once there are no bytes, or at once; then forgotten
};

struct PlugTest : troupe_test::RecordedTest {
  PlugTest() : plug(rt), connection(&plug) {}
  TaskRef read(std::size_t most = 100) {
    return spawn(
        rt,
        [](HandOver c, std::size_t n) -> Task<std::string> { co_return co_await receive(*c, n); },
        tell_text("read"), HandOver(&connection), most);
  }
  TaskRef write(std::string text) {
    return spawn(
        rt, [](HandOver c, std::string t) -> Task<std::string> { co_return co_await send(*c, t); },
        tell_text("write"), HandOver(&connection), std::move(text));
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

TEST_F(PlugTest, BytesThatWerePutBackStayInOrderHoweverOftenAReaderIsDropped) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += static_cast<char>('a' + i % 26);
  TaskRef first = read(text.size());
  rt.run();
  plug.input = text;
  plug.readable();
  first.cancel();
  rt.run();
  told();
  static std::string all;
  all.clear();
  for (std::size_t part = 1; all.size() + 100 < text.size(); ++part) {
    TaskRef reader = spawn(
        rt,
        [](HandOver c, std::size_t n) -> Task<> {
          for (;;) all += co_await receive(*c, n);
        },
        ret_nop, HandOver(&connection), part);
    rt.run_one();  // until a read goes through the queue
    reader.cancel();
    rt.run();
  }
  EXPECT_GT(all.size(), 100u);
  read(1000);
  rt.run();
  EXPECT_EQ("read=" + all, "read=" + text.substr(0, all.size()));
  EXPECT_EQ(told(), "read=" + text.substr(all.size()));
}

// The child of a race has its bytes, or its error, when the task that awaits the race is dropped.
TEST_F(PlugTest, BytesThatAChildHasReadGoBackIfItsAwaiterIsDropped) {
  const auto race_once = [](HandOver c, std::size_t n) -> Task<std::string> {
    std::string room(n, '-');
    const auto raced = co_await race((*c).read_some(std::as_writable_bytes(std::span(room))),
                                     sleep(Duration::max()));
    co_return room.substr(0, **raced.get<0>());
  };
  const auto read_all = [](HandOver c, std::size_t n) -> Task<std::string> {
    std::string all;
    while (all.size() != n) all += co_await receive(*c, 100);
    co_return all;
  };
  for (int moment = 0; moment < 8; ++moment)
    for (const bool waits : {false, true}) {
      HandPlug hand(rt);
      Connection to_hand(&hand);
      if (!waits) hand.input = "abcdef";
      TaskRef task = spawn(rt, race_once, tell_text("raced"), HandOver(&to_hand), 4u);
      if (waits) {
        rt.run();
        hand.input = "abcdef";
        hand.readable();
      }
      for (int n = 0; n < moment; ++n) rt.run_one();
      const bool ended = task.done();
      task.cancel();
      rt.run();
      told();
      spawn(rt, read_all, tell_text("rest"), HandOver(&to_hand), ended ? 2u : 6u);
      rt.run();
      const std::string said = told();
      EXPECT_TRUE(said.ends_with(ended ? "rest=ef" : "rest=abcdef")) << said << " at " << moment;
    }
}

TEST_F(PlugTest, AReaderThatWaitsMeanwhileGetsWhatGoesBack) {
  TaskRef task = spawn(
      rt,
      [](HandOver c) -> Task<> {
        std::byte room[4];
        const auto both = co_await all((*c).read_some(room), sleep(Duration::max()));
        (void)both;
      },
      ret_nop, HandOver(&connection));
  plug.input = "abcd";
  rt.run();
  read(100);
  rt.run();
  told();
  task.cancel();
  rt.run();
  EXPECT_EQ(told(), "read=abcd");
}

TEST_F(PlugTest, WhatIsPutBackGoesInFrontOfWhatIsThere) {
  SCOPED_TRACE(troupe_test::seed_text());
  troupe_test::Dice dice(troupe_test::seed());
  for (int round = 0; round < 200; ++round) {
    detail::PutBack bytes;
    std::string model;
    for (int step = 0; step < 100; ++step) {
      if (bytes.empty() || dice.below(3) == 0) {
        std::string more(1 + dice.below(dice.below(10) ? 20 : 9000), ' ');
        for (char& c : more) c = static_cast<char>('a' + dice.below(26));
        ASSERT_TRUE(bytes.put(std::as_bytes(std::span(more))));
        model.insert(0, more);
      } else {
        std::string room(1 + dice.below(dice.below(10) ? 20 : 9000), ' ');
        const std::size_t n = bytes.take(std::as_writable_bytes(std::span(room)));
        ASSERT_EQ(room.substr(0, n), model.substr(0, room.size()));
        model.erase(0, n);
        if (dice.below(2) == 0) bytes.trim();
      }
      ASSERT_EQ(bytes.empty(), model.empty());
    }
  }
}

TEST_F(PlugTest, PutBackMemoryIsGivenBack) {
  detail::PutBack bytes;
  const std::vector<std::byte> much(1 << 20, std::byte{'x'});
  EXPECT_TRUE(bytes.put(much));
  EXPECT_EQ(bytes.held(), much.size());
  std::vector<std::byte> room(much.size() / 2);
  EXPECT_EQ(bytes.take(room), room.size());
  EXPECT_EQ(bytes.held(), much.size()) << "the reader may still be dropped";
  bytes.take_back(room.size());
  EXPECT_EQ(bytes.take(room), room.size());
  bytes.trim();
  EXPECT_EQ(bytes.held(), much.size() / 2);
  EXPECT_EQ(bytes.take(room), room.size());
  bytes.trim();
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(bytes.held(), 0u);

  for (int round = 0; round < 3; ++round) {
    TaskRef task = read();
    rt.run();
    plug.input = "abc";
    plug.readable();
    task.cancel();
    rt.run();
    told();
    const std::int64_t with = troupe_test::Allocations::live;
    read();
    rt.run();
    told();
    if (round == 2) {
      EXPECT_EQ(troupe_test::Allocations::live, with - 1);
    }
  }
}

// If each read moved what is left, this would take minutes.
TEST_F(PlugTest, ReadingPutBackBytesInSmallPartsTakesLinearTime) {
  detail::PutBack bytes;
  EXPECT_TRUE(bytes.put(std::vector<std::byte>(1 << 23, std::byte{'x'})));
  std::byte room[8];
  std::size_t all = 0;
  for (; !bytes.empty(); bytes.trim()) all += bytes.take(room);
  EXPECT_EQ(all, 1u << 23);
}

// ---- errors
TEST_F(PlugTest, AnErrorThatIsToldOnceIsToldToEveryReadAndWriteFromThenOn) {
  plug.read_once = std::unexpected(IoError(IoError::reset));
  read();
  read();
  write("a");
  write("");
  read();
  rt.run();
  EXPECT_EQ(told(),
            "try_read read=!connection reset read=!connection reset write=connection reset "
            "write=connection reset read=!connection reset");
}

TEST_F(PlugTest, AnErrorForAReadThatIsDroppedIsToldToTheNext) {
  for (const bool hears : {false, true}) {
    HandPlug mine(rt);
    Connection c(&mine);
    TaskRef task = spawn(
        rt, [](HandOver h) -> Task<std::string> { co_return co_await receive(*h); },
        tell_text("first"), HandOver(&c));
    rt.run();
    mine.read_once = std::unexpected(IoError(IoError::timed_out));
    mine.readable();
    if (!hears) task.cancel();
    rt.run();
    told();
    spawn(
        rt, [](HandOver h) -> Task<std::string> { co_return co_await receive(*h); },
        tell_text("next"), HandOver(&c));
    spawn(
        rt, [](HandOver h) -> Task<std::string> { co_return co_await send(*h, "x"); },
        tell_text("write"), HandOver(&c));
    rt.run();
    EXPECT_EQ(told(), "next=!timed out write=timed out");
    c.close();
  }
}

TEST_F(PlugTest, AnErrorForAWriteThatIsDroppedIsToldToTheNext) {
  TaskRef task = write("abc");
  rt.run();
  plug.write_once = std::unexpected(IoError(IoError::reset));
  plug.writable();
  task.cancel();
  told();
  write("d");
  read();
  rt.run();
  EXPECT_EQ(told(), "write=connection reset try_read read=!connection reset");
}

TEST_F(PlugTest, WhatCameBeforeAnErrorOfAWriteIsStillRead) {
  plug.input = "abcdef";
  plug.write_once = std::unexpected(IoError(IoError::reset));
  write("x");
  read(4);
  read(4);
  plug.read_once = std::size_t{0};  // as a system says that has told its error already
  read(4);
  read(4);
  write("y");
  rt.run();
  EXPECT_EQ(told(),
            "try_write1 write=connection reset try_read read=abcd try_read read=ef try_read "
            "read=!connection reset read=!connection reset write=connection reset");
}

TEST_F(PlugTest, TheErrorOfAWriteLeavesACleanEndClean) {
  plug.input = "ab";
  plug.read_once = std::size_t{0};
  plug.write_once = std::unexpected(IoError(IoError::reset));
  plug.note_clean_end();
  write("x");
  read();
  read();
  read();
  rt.run();
  EXPECT_EQ(told(), "try_write1 write=connection reset try_read read=ab try_read read=. read=.");
}

TEST_F(PlugTest, TheEndOfTheStreamIsToldToEveryReadFromThenOn) {
  TaskRef task = read();
  rt.run();
  plug.read_once = std::size_t{0};
  plug.readable();
  task.cancel();
  told();
  read();
  read();
  plug.room = 9;
  write("still");
  rt.run();
  EXPECT_EQ(told(), "read=. read=. try_write5 write=sent5");
}

TEST_F(PlugTest, AShortageOfMemoryIsForOneTryAlone) {
  plug.read_once = std::unexpected(IoError(IoError::no_memory));
  plug.write_once = std::unexpected(IoError(IoError::no_memory));
  plug.room = 9;
  read();
  write("a");
  rt.run();
  EXPECT_EQ(
      told(),
      "try_read read=!out of memory or descriptors try_write1 write=out of memory or descriptors");
  plug.input = "b";
  read();
  write("a");
  rt.run();
  EXPECT_EQ(told(), "try_read read=b try_write1 write=sent1");
}

TEST_F(PlugTest, WhatALoopAbandonsStaysSo) {
  TaskRef task = read();
  rt.run();
  plug.abandon(IoError(IoError::unreachable));
  task.cancel();
  told();
  read();
  write("a");
  rt.run();
  EXPECT_EQ(told(), "read=!unreachable write=unreachable");
}

// Bytes that nobody has read break the connection where it is closed, also those that were read for
// a dropped task.
TEST_F(PlugTest, ClosingOverPutBackBytesIsAReset) {
  TaskRef task = read();
  rt.run();
  plug.input = "ab";
  plug.readable();
  task.cancel();
  told();
  connection.close();
  EXPECT_EQ(told(), "reset");
}

#if TROUPE_EXCEPTIONS
TEST_F(PlugTest, BytesThatFindNoMemoryAreNeverSkippedInSilence) {
  TaskRef task = read();
  rt.run();
  plug.input = "abc";
  plug.readable();
  told();
  {
    const troupe_test::FailAllocation no_memory(0, true);
    task.cancel();
  }
  plug.input = "def";
  told();
  read();
  read();
  rt.run();
  EXPECT_EQ(told(), "read=!out of memory or descriptors read=!out of memory or descriptors");
}
#endif

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
      *other, [](HandOver h) -> Task<std::string> { co_return co_await receive(*h); },
      tell_text("read"), HandOver(&c));
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

TEST_F(PlugTest, AReadBehindABrokenWriteMayLackMemoryOnce) {
  plug.write_once = std::unexpected(IoError(IoError::reset));
  write("x");
  rt.run();
  told();
  plug.read_once = std::unexpected(IoError(IoError::no_memory));
  read();
  rt.run();
  EXPECT_EQ(told(), "try_read read=!out of memory or descriptors");
  plug.input = "rest";
  read();
  rt.run();
  EXPECT_EQ(told(), "try_read read=rest");
}

}  // namespace plug_test
}  // namespace troupe
