// thread/handover_test.cpp: the end of either side of a channel, a SendableRet and a Waker, in each
// order of the steps of both sides.
//
// The stress tests leave the order to the machine, which nearly never stops a side between two
// instructions. Here a script does, and all scripts are run.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <utility>

#include "support/interleave.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace handover_test {

#if TROUPE_DEBUG

using troupe_test::Interleavings;
using troupe_test::say;
using troupe_test::told;

// A host: runs when it is asked to.
struct Host {
  std::unique_ptr<Runtime> rt = std::make_unique<Runtime>();
  std::shared_ptr<std::atomic<bool>> rung = std::make_shared<std::atomic<bool>>(false);
  Host() {
    rt->set_poll_waker([flag = rung] { flag->store(true); });
  }
  void run() const {
    while (rung->exchange(false)) rt->run();
  }
  void turn() const {  // which nobody asked for
    rung->store(false);
    detail::step();
    rt->run();
  }
};

struct Count {  // of what dies exactly once
  static inline std::atomic<int> alive{0};
  Count() { ++alive; }
  Count(const Count&) { ++alive; }
  Count(Count&&) noexcept { ++alive; }
  Count& operator=(const Count&) = default;
  ~Count() { --alive; }
};

using Item = std::optional<Count>;

// Makes the two sides of a round, and looks at it when both have gone.
template <class Round> void in_each_order(int at_least, int most_changes = 1000) {
  told();
  Interleavings all(most_changes);
  do {
    {
      Round round;
      all.run([&] { round.away(); }, [&] { round.home(); });
      round.check();
    }
    EXPECT_EQ(Count::alive, 0) << all.text();
    EXPECT_EQ(told(), "") << all.text();
  } while (!testing::Test::HasFailure() && all.next_script());
  EXPECT_GE(all.rounds(), at_least) << "the sides have fewer steps than they had";
}

struct ToChannel {
  Host host;
  int items = 0, ends = 0;
  Channel<Sender<Count>> channel = troupe::channel<Count>(
      *host.rt, fwd_do(unsafe_capture([this, kept = Count()](const Item& item) {
        (void)kept;
        EXPECT_EQ(ends, 0);
        ++(item ? items : ends);
      })));
};

struct SenderGoesReceiverStays : ToChannel {
  void away() { channel.sender = {}; }
  void home() const {
    host.turn();
    host.turn();
  }
  void check() {
    host.run();
    EXPECT_EQ(ends, 1) << "the end was lost";
  }
};
TEST(ChannelHandover, TheEndIsToldInEachOrder) { in_each_order<SenderGoesReceiverStays>(10); }

struct SendsAndGoes : ToChannel {
  bool sent = false;
  void away() {
    sent = channel.sender.send(Count());
    channel.sender = {};
  }
  void home() const {
    host.rung->store(false);
    host.rt->run();
  }
  void check() {
    host.run();
    EXPECT_TRUE(sent);
    EXPECT_EQ(items, 1);
    EXPECT_EQ(ends, 1);
  }
};
TEST(ChannelHandover, AnItemAndTheEndComeInEachOrder) { in_each_order<SendsAndGoes>(100); }

struct BothGo : ToChannel {
  void away() { channel.sender = {}; }
  void home() {
    channel.receiver = {};
    host.turn();
  }
  void check() {
    host.run();
    EXPECT_EQ(ends, 0);
  }
};
TEST(ChannelHandover, BothSidesGoInEachOrder) { in_each_order<BothGo>(20); }

struct BothGoBehindAnItem : ToChannel {
  bool sent = false;
  void away() {
    sent = channel.sender.send(Count());
    channel.sender = {};
  }
  void home() {
    host.rt->poll_wake();  // a record is queued
    channel.receiver = {};
  }
  void check() {
    host.run();
    EXPECT_LE(items, 1);
    EXPECT_TRUE(sent || items == 0);
  }
};
TEST(ChannelHandover, BothSidesGoBehindAnItemInEachOrder) {
  in_each_order<BothGoBehindAnItem>(100);
}

struct RuntimeEnds : ToChannel {
  void away() { channel.sender = {}; }
  void home() { host.rt.reset(); }
  void check() { EXPECT_EQ(ends, 0); }
};
TEST(ChannelHandover, TheRuntimeEndsInEachOrder) { in_each_order<RuntimeEnds>(20); }

struct RuntimeEndsBehindAnItem : ToChannel {
  void away() {
    (void)channel.sender.send(Count());
    channel.sender = {};
  }
  void home() { host.rt.reset(); }
  void check() { EXPECT_EQ(ends, 0); }
};
TEST(ChannelHandover, TheRuntimeEndsBehindAnItemInEachOrder) {
  in_each_order<RuntimeEndsBehindAnItem>(100);
}

// Two senders, of which each may be the last one: one here, one there.
struct TwoSenders : ToChannel {
  Sender<Count> second = channel.sender;
  void away() { channel.sender = {}; }
  void home() {
    second = {};
    host.turn();
  }
  void check() {
    host.run();
    EXPECT_EQ(ends, 1);
  }
};
TEST(ChannelHandover, TheLastOfTwoSendersTellsTheEndInEachOrder) { in_each_order<TwoSenders>(20); }

// ---- to a task, which asks for items itself
struct ToStream {
  Host host;
  ChannelStream<Sender<Count>, Count> made = channel_stream<Count>(*host.rt);
  static inline int items, ends;
  ToStream() {
    items = ends = 0;
    spawn(*host.rt, &reads, ret_nop, std::move(made.stream));
    host.run();
    EXPECT_TRUE(made.sender.send(Count()));
    host.rt->poll_wake();  // a record is queued
  }
  static Task<> reads(PipeStream<Count> stream) {
    for (;;) {
      const Item item = co_await stream.next();
      if (!item) break;
      ++items;
    }
    ++ends;
  }
  void away() { EXPECT_TRUE(made.sender.send(Count())); }
  void home() const { host.rt->run(); }
  void check() {
    made.sender = {};
    host.run();
    EXPECT_EQ(items, 2);
    EXPECT_EQ(ends, 1);
  }
};
TEST(ChannelHandover, ATaskThatAsksMeetsASenderInEachOrder) { in_each_order<ToStream>(20, 6); }

// ---- room
struct ToBounded {
  Host host;
  int items = 0, ends = 0, rooms = 0, losses = 0;
  Channel<BoundedSender<Count>> channel = troupe::channel<Count>(
      *host.rt, fwd_do(unsafe_capture([this](const Item& item) { ++(item ? items : ends); })), 1);
  SendableRet<> ret = sendable(
      *host.rt,
      ret_do(unsafe_capture([this](const Reply<>& told_room) { ++(told_room ? rooms : losses); })));
  ToBounded() { EXPECT_EQ(channel.sender.try_send(Count()), Sent::sent); }
};
struct RoomIsTold : ToBounded {
  void away() { channel.sender.tell_room(std::move(ret)); }
  void home() const {
    host.turn();
    host.turn();
  }
  void check() {
    host.run();
    EXPECT_EQ(items, 1);
    EXPECT_EQ(rooms, 1) << "whoever waits for room was forgotten";
    channel.sender = {};
    host.run();
    EXPECT_EQ(losses, 0);
    EXPECT_EQ(ends, 1);
  }
};
TEST(ChannelHandover, RoomIsToldInEachOrder) { in_each_order<RoomIsTold>(100); }

struct ReceiverGoesWhileRoomIsWanted : ToBounded {
  void away() {
    channel.sender.tell_room(std::move(ret));
    channel.sender = {};
  }
  void home() { channel.receiver = {}; }
  void check() {
    host.run();
    EXPECT_EQ(rooms + losses, 1);
    EXPECT_EQ(ends, 0);
  }
};
TEST(ChannelHandover, WhoWaitsForRoomHearsOfTheReceiversEndInEachOrder) {
  in_each_order<ReceiverGoesWhileRoomIsWanted>(20);
}

// ---- a SendableRet
struct ToRet {
  Host host;
  int answers = 0, losses = 0, ends = 0;
  SendableRet<Count> ret =
      sendable(*host.rt, ret_do(unsafe_capture([this, kept = Count()](Reply<Count> reply) {
        (void)kept;
        if (reply)
          ++answers;
        else
          ++(reply.error() == ActorFail(Why::lost) ? losses : ends);
      })));
};
struct RetIsAnswered : ToRet {
  void away() { ret(Count()); }
  void home() const {
    host.turn();
    host.turn();
  }
  void check() {
    host.run();
    EXPECT_EQ(answers, 1) << "the answer was lost";
    EXPECT_EQ(losses + ends, 0);
  }
};
TEST(SendableRetHandover, TheAnswerComesInEachOrder) { in_each_order<RetIsAnswered>(5); }

struct RetIsAskedAndDropped : ToRet {
  void away() {
    EXPECT_TRUE(ret.is_wanted());
    ret = {};
  }
  void home() const {
    host.turn();
    host.turn();
  }
  void check() {
    host.run();
    EXPECT_EQ(losses, 1);
    EXPECT_EQ(answers + ends, 0);
  }
};
TEST(SendableRetHandover, AQuestionAndTheLossComeInEachOrder) {
  in_each_order<RetIsAskedAndDropped>(20);
}

template <bool asks> struct RetAndRuntimeEnd : ToRet {
  void away() {
    if (asks) (void)ret.is_wanted();
    ret(Count());
  }
  void home() {
    host.turn();
    host.rt.reset();
  }
  void check() { EXPECT_EQ(answers + ends, 1) << "it hears once"; }
};
TEST(SendableRetHandover, TheRuntimeEndsInEachOrder) { in_each_order<RetAndRuntimeEnd<false>>(20); }
TEST(SendableRetHandover, TheRuntimeEndsBehindAQuestionInEachOrder) {
  in_each_order<RetAndRuntimeEnd<true>>(100);
}

// ---- a Waker
struct WakesAndGoes {
  Host host;
  int woken = 0, gone = 0;
  std::atomic<bool> published{false};
  bool seen = false;
  Waker waker{*host.rt, fwd_do(unsafe_capture([this, kept = Count()](WakerNotice notice) {
                (void)kept;
                EXPECT_EQ(gone, 0) << "a notice behind the last one";
                ++(notice == WakerNotice::woken ? woken : gone);
                seen = published;
              }))};
  void away() {
    waker.wake();
    published = true;
    waker.wake();
    waker = {};
  }
  void home() const {
    host.turn();
    host.turn();
  }
  void check() {
    host.run();
    EXPECT_TRUE(seen) << "the last wake was lost";
    EXPECT_GE(woken, 1);
    EXPECT_EQ(gone, 1);
  }
};
TEST(WakerHandover, WakesAndTheEndComeInEachOrder) { in_each_order<WakesAndGoes>(100); }

// ---- a thread that blocks: it never sleeps for ever
struct ThreadBlocksForRoom : ToBounded {
  bool there = false;
  void away() { there = channel.sender.send_blocking(Count()); }
  void check() {
    channel.sender = {};
    ret();
    host.run();
  }
};
struct ThreadBlocksForRoomThatComes : ThreadBlocksForRoom {
  void home() const {
    for (;;) {
      host.run();
      if (items == 2) return;
      detail::step(true);
    }
  }
  void check() {
    EXPECT_TRUE(there);
    ThreadBlocksForRoom::check();
    EXPECT_EQ(ends, 1);
  }
};
struct ThreadBlocksForRoomAndReceiverGoes : ThreadBlocksForRoom {
  void home() { channel.receiver = {}; }
  void check() {
    EXPECT_FALSE(there);
    ThreadBlocksForRoom::check();
    EXPECT_EQ(ends, 0);
  }
};
TEST(ChannelHandover, AThreadThatBlocksForRoomGoesOnInEachOrder) {
  in_each_order<ThreadBlocksForRoomThatComes>(100, 4);
  in_each_order<ThreadBlocksForRoomAndReceiverGoes>(3);
}

struct ToThread {
  ThreadChannel<Sender<Count>, ThreadReceiver<Count>> made = thread_channel<Count>();
  int items = 0, ends = 0;
  void away() {
    EXPECT_TRUE(made.sender.send(Count()));
    made.sender = {};
  }
  void home() {
    for (;;) {
      const auto item = made.receiver.recv();
      ++(item ? items : ends);
      if (!item) return;
    }
  }
  void check() const {
    EXPECT_EQ(items, 1);
    EXPECT_EQ(ends, 1);
  }
};
TEST(ThreadChannelHandover, AThreadSleepsThroughNothingInEachOrder) {
  in_each_order<ToThread>(100, 4);
}

#endif

}  // namespace handover_test
}  // namespace troupe
