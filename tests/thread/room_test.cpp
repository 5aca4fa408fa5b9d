// thread/room_test.cpp: tasks that wait until another runtime has room for their calls: in order,
// one at a time, until it ends; and the count of calls that were refused.
#include <troupe/thread/room.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/core/log_format.hpp>
#include <troupe/task.hpp>
#include <troupe/thread/ensemble.hpp>
#include <troupe/thread/ensemble_threads.hpp>
#include <vector>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace room_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

struct Sink {
  void add(int n) {
    ordered = ordered && n == next;
    next = n + 1;
    ++count;
  }
  void take(int) { ++count; }
  void large(std::array<char, 100>) { ++count; }
  void ask(Ret<int> ret) { ret(count); }
  bool is_ordered() { return ordered; }
  void go_on(Cx<Sink>& cx, int n) {
    if (n != 0) call<&Sink::go_on>(cx, n - 1);
  }
  int count = 0, next = 0;
  bool ordered = true;
};

// A call without waiting for room, until one is refused. How many were taken.
int fill(const Remote<Sink>& far) {
  const std::uint64_t before = refused_calls(far);
  int n = 0;
  for (; refused_calls(far) == before; ++n) call<&Sink::take>(far, 0);
  return n - 1;
}
Task<> waits(Core&, Remote<Sink> far, int number) {
  const bool there = co_await room(far);
  say(there ? "room" : "gone", number);
}
Task<> one_call(Core&, Remote<Sink> far) {
  const bool there = co_await room(far);
  if (there) call<&Sink::large>(far, std::array<char, 100>());
}
Task<> sends(Core&, Remote<Sink> far, int calls) {
  for (int n = 0; n != calls; ++n) {
    const bool there = co_await room(far);
    if (!there) co_return;
    call<&Sink::add>(far, n);
  }
  say("sent");
}

class RoomTest : public troupe_test::BalancedTest {
 protected:
  RoomTest() {
    all_.seat(1, *b_);
    all_.seat(0, *a_);
    a_->set_logger(LogFilter(), nullptr);
    b_->set_logger(LogFilter(), nullptr);
    sink_ = make_actor<Sink>(*b_, ret_nop);
    b_->run();
    far_ = remote(sink_);
    told();
  }
  template <class F> void in_a(F f) {
    defer(*a_, [](F body) { body(); }, unsafe_capture(std::move(f)));
    a_->run();
  }
  void both(int times = 8) {
    for (int n = 0; n != times; ++n)
      for (auto* rt : {&a_, &b_})
        if (*rt) (*rt)->run();
  }
  int count() {
    int n = -1;
    call<&Sink::ask>(
        sink_, ret_do([](Borrowed<int> to, Reply<int> r) { *to = r ? *r : -2; }, unsafe_borrow(n)));
    if (b_) b_->run();
    return n;
  }
  Ensemble all_{2, {.lane_bound = 4096, .lane_chunk = 512, .publish = 128, .slice = 3}};
  std::optional<Runtime> a_{std::in_place}, b_{std::in_place};
  ActorOwn<Sink> sink_;
  Remote<Sink> far_;
};

TEST_F(RoomTest, BelowTheBoundItDoesNotWait) {
  spawn(*a_, waits, ret_nop, far_, 1);
  a_->run();
  EXPECT_EQ(told(), "room1");
}

TEST_F(RoomTest, AtTheBoundItWaitsUntilTheOtherHasRead) {
  in_a([this] { fill(far_); });
  spawn(*a_, waits, ret_nop, far_, 1);
  a_->run();
  EXPECT_EQ(told(), "");
  b_->run();
  a_->run();
  EXPECT_EQ(told(), "room1");
}

TEST_F(RoomTest, NothingIsLostHoweverMuchIsSent) {
  spawn(*a_, sends, ret_nop, far_, 5000);
  for (int n = 0; n != 1000; ++n) {
    a_->run();
    b_->run(Instant{}, RunLimit{.items = 37});
  }
  EXPECT_EQ(told(), "sent");
  EXPECT_EQ(count(), 5000);
  in_a([this] { EXPECT_EQ(refused_calls(far_), 0u); });
}

// Told all at once they would fill the lane beyond its bound many times.
TEST_F(RoomTest, OfManyThatWaitNoneIsRefused) {
  int before = 0;
  in_a([&] { before = fill(far_); });
  for (int n = 0; n != 300; ++n) spawn(*a_, one_call, ret_nop, far_);
  for (int n = 0; n != 100; ++n) {
    a_->run();
    b_->run(Instant{}, RunLimit{.items = 20});
  }
  both();
  EXPECT_EQ(a_->live_tasks(), 0u);
  EXPECT_EQ(count(), before + 300);
  in_a([this] { EXPECT_EQ(refused_calls(far_), 1u); });
}

TEST_F(RoomTest, TheyAreServedInOrderAndNobodyPassesThem) {
  in_a([this] { fill(far_); });
  for (int n = 1; n != 5; ++n) spawn(*a_, waits, ret_nop, far_, n);
  a_->run();
  b_->run();
  spawn(*a_, waits, ret_nop, far_, 5);  // there is room by now, and a line
  a_->run();
  EXPECT_EQ(told(), "room1 room2 room3 room4 room5");
}

TEST_F(RoomTest, ADroppedTaskLeavesTheLine) {
  in_a([this] { fill(far_); });
  const TaskRef one = spawn(*a_, waits, ret_nop, far_, 1);
  spawn(*a_, waits, ret_nop, far_, 2);
  a_->run();
  one.cancel();
  b_->run();
  a_->run();
  EXPECT_EQ(told(), "room2");
}

Task<> drops(Core&, Remote<Sink> far, Borrowed<TaskRef> other) {
  const bool there = co_await room(far);
  say(there ? "drops" : "gone");
  other->cancel();  // which was told, and has not gone on
}
TEST_F(RoomTest, OneThatWasToldAndDroppedPassesItOn) {
  in_a([this] { fill(far_); });
  TaskRef second;
  spawn(*a_, drops, ret_nop, far_, unsafe_borrow(second));
  second = spawn(*a_, waits, ret_nop, far_, 2);
  spawn(*a_, waits, ret_nop, far_, 3);
  a_->run();
  b_->run();
  a_->run();
  EXPECT_EQ(told(), "drops room3");
}

Task<> limited(Core&, Remote<Sink> far) {
  const auto there = co_await reply_of(timeout(1s, room(far)));
  say(there ? "room" : there.error().text());
}
TEST_F(RoomTest, ALimitEndsTheWait) {
  in_a([this] { fill(far_); });
  spawn(*a_, limited, ret_nop, far_);
  a_->run();
  a_->run(a_->now() + 2s);
  EXPECT_EQ(told(), "timed out");
}

TEST_F(RoomTest, TheOtherRuntimeEnds) {
  in_a([this] { fill(far_); });
  for (int n = 1; n != 4; ++n) spawn(*a_, waits, ret_nop, far_, n);
  a_->run();
  sink_ = {};
  b_.reset();
  a_->run();
  EXPECT_EQ(told(), "gone1 gone2 gone3");
  spawn(*a_, waits, ret_nop, far_, 4);
  a_->run();
  EXPECT_EQ(told(), "gone4");
}

TEST_F(RoomTest, ItsOwnRuntimeEnds) {
  in_a([this] { fill(far_); });
  for (int n = 1; n != 4; ++n) spawn(*a_, waits, ret_nop, far_, n);
  a_->run();
  b_->run();  // one could be told
  a_.reset();
  EXPECT_EQ(told(), "");
}

Task<> stores(Core&, Remote<Sink> far) {
  auto wait = room(far);
  far = {};  // may go
  auto moved = std::move(wait);
  const bool there = co_await std::move(moved);
  say(there ? "room" : "gone");
}
TEST_F(RoomTest, AWaitMayBeStoredAndTheRemoteGo) {
  in_a([this] { fill(far_); });
  spawn(*a_, stores, ret_nop, far_);
  a_->run();
  EXPECT_EQ(told(), "");
  both();
  EXPECT_EQ(told(), "room");
}

struct Writer {
  explicit Writer(Remote<Sink> to) : far(std::move(to)) {}
  void wait(Cx<Writer>& cx) { tell_room(cx, far, ret_to<&Writer::room>(cx)); }
  void room(Reply<bool> there) { say(*there ? "room" : "gone"); }
  Remote<Sink> far;
};

TEST_F(RoomTest, AnActorIsToldOfRoom) {
  auto writer = make_actor<Writer>(*a_, ret_nop, far_);
  call<&Writer::wait>(writer);
  a_->run();
  EXPECT_EQ(told(), "room") << "at once: there is some";
  in_a([this] { fill(far_); });
  spawn(*a_, waits, ret_nop, far_, 1);
  call<&Writer::wait>(writer);
  a_->run();
  spawn(*a_, waits, ret_nop, far_, 2);
  a_->run();
  EXPECT_EQ(told(), "");
  both();
  EXPECT_EQ(told(), "room1 room2 room") << "its answer is a call, behind who is told next";
  in_a([this] { fill(far_); });
  call<&Writer::wait>(writer);
  a_->run();
  sink_ = {};
  b_.reset();
  both();
  EXPECT_EQ(told(), "gone");
  writer = {};
}

TEST_F(RoomTest, AnActorThatEndsWhileItWaitsForRoomHoldsUpNobody) {
  auto writer = make_actor<Writer>(*a_, ret_nop, far_);
  in_a([this] { fill(far_); });
  call<&Writer::wait>(writer);
  spawn(*a_, waits, ret_nop, far_, 1);
  a_->run();
  writer = {};
  both();
  EXPECT_EQ(told(), "room1");
}

TEST_F(RoomTest, ToTheOwnRuntimeThereIsAlwaysRoom) {
  spawn(*b_, waits, ret_nop, far_, 1);
  b_->run();
  EXPECT_EQ(told(), "room1");
}

// The other one only reads: nothing comes back that would wake who waits.
TEST_F(RoomTest, ARuntimeThatRestsIsWokenOnce) {
  const auto rings = std::make_shared<int>(0);
  a_->set_poll_waker([rings] { ++*rings; });
  a_->run();
  int sent = 0;
  in_a([&] { sent = fill(far_); });
  spawn(*a_, waits, ret_nop, far_, 1);
  a_->run();
  *rings = 0;
  b_->run(Instant{}, RunLimit{.items = 1});
  EXPECT_EQ(*rings, 0) << "nothing is free yet";
  b_->run(Instant{}, RunLimit{.items = static_cast<std::size_t>(sent) / 4});
  EXPECT_EQ(*rings, 0) << "half is not free yet";
  while (b_->run(Instant{}, RunLimit{.items = 1}).work) {
    if (*rings != 0) break;
  }
  EXPECT_EQ(*rings, 1);
  EXPECT_GT(count(), sent / 3);
  EXPECT_EQ(*rings, 1);
  a_->run();
  EXPECT_EQ(told(), "room1");
  b_->run();
  a_->run();
  *rings = 0;
  in_a([&] {
    for (int n = 0; n != sent / 2; ++n) call<&Sink::take>(far_, 0);
  });
  *rings = 0;
  b_->run();
  EXPECT_EQ(*rings, 0) << "nobody waits";
}

TEST_F(RoomTest, AWaitAllocatesNothing) {
  spawn(*a_, sends, ret_nop, far_, 20000);
  const auto round = [this] {
    a_->run();
    b_->run();
  };
  for (int n = 0; n != 20; ++n) round();
  const auto before = troupe_test::Allocations::made.load();
  for (int n = 0; n != 10; ++n) round();
  EXPECT_EQ(troupe_test::Allocations::made.load(), before);
  EXPECT_EQ(told(), "");
  for (int n = 0; n != 400; ++n) round();
  EXPECT_EQ(told(), "sent");
}

// ---- with threads
using MadeSink = Borrowed<std::promise<Remote<Sink>>>;
ActorOwn<Sink> makes_sink(Runtime& rt, MadeSink made) {
  auto sink = make_actor<Sink>(rt, ret_nop);
  made->set_value(remote(sink));
  return sink;
}
struct Seen {
  int count = 0;
  bool ordered = false;
  std::uint64_t refused = 0;
};
Task<> sends_to_a_thread(Core&, Remote<Sink> far, int calls, Borrowed<Seen> seen,
                         Borrowed<std::promise<void>> done) {
  for (int n = 0; n != calls; ++n) {
    const bool there = co_await room(far);
    if (!there) break;
    call<&Sink::add>(far, n);
  }
  seen->count = co_await ask<&Sink::ask>(far);
  seen->ordered = co_await ask<&Sink::is_ordered>(far);
  seen->refused = refused_calls(far);
  done->set_value();
}
ActorOwn<Sink> makes_sender(Runtime& rt, Remote<Sink> far, int calls, Borrowed<Seen> seen,
                            Borrowed<std::promise<void>> done) {
  spawn(rt, sends_to_a_thread, ret_nop, far, calls, unsafe_borrow(*seen), unsafe_borrow(*done));
  return make_actor<Sink>(rt, ret_nop);
}
// The lane is full nearly always: a wake that is lost would hang it.
TEST(RoomThreadsTest, TheReadersThreadWakesTheWriters) {
  constexpr int calls = 40000;
  Seen seen;
  const Ensemble all(2, {.lane_bound = 1024, .lane_chunk = 512, .publish = 128, .slice = 8});
  {
    EnsembleThreads threads(all);
    std::promise<Remote<Sink>> made;
    std::promise<void> done;
    threads.start(1, &makes_sink, unsafe_borrow(made));
    threads.start(0, &makes_sender, made.get_future().get(), calls, unsafe_borrow(seen),
                  unsafe_borrow(done));
    done.get_future().wait();
  }
  EXPECT_EQ(seen.count, calls);
  EXPECT_TRUE(seen.ordered);
  EXPECT_EQ(seen.refused, 0u);
}

// ---- the count
class RefusedTest : public RoomTest {
 protected:
  RefusedTest() {
    a_->set_logger(LogFilter::all({LogLevel::warn}), [](Core&, const LogRecord& record) {
      std::string fields;
      append_text_fields(fields, record, "{", "}");
      say(record.text, fields);
    });
  }
};

TEST_F(RefusedTest, AnEpisodeIsToldAtItsBeginAndItsEnd) {
  in_a([this] {
    fill(far_);
    for (int n = 0; n != 41; ++n) call<&Sink::take>(far_, 0);
    call<&Sink::ask>(far_, ret_do([](Reply<int> r) { say(to_string(r.error().why())); }));
    EXPECT_EQ(refused_calls(far_), 42u);
  });
  EXPECT_EQ(
      told(),
      "calls to another runtime are refused: their lane is at its bound{runtime=1} overloaded");
  b_->run(Instant{}, RunLimit{.items = 5});
  a_->run();
  EXPECT_EQ(told(), "") << "the episode lasts until the other one has caught up";
  both();
  EXPECT_EQ(told(), "calls to another runtime were refused{runtime=1 calls=42}");
  in_a([this] {
    fill(far_);
    EXPECT_EQ(refused_calls(far_), 43u);
  });
  EXPECT_EQ(told().substr(0, 37), "calls to another runtime are refused:");
  sink_ = {};
  b_.reset();
  a_->run();
  EXPECT_EQ(told(), "calls to another runtime were refused{runtime=1 calls=1}");
}

TEST(RefusedPlainTest, ARefusalIsSeenWhereNoLoggerIsSet) {
  const Ensemble all(2, {.lane_bound = 4096, .lane_chunk = 512});
  Runtime a, b;
  all.seat(0, a);
  all.seat(1, b);
  const auto sink = make_actor<Sink>(b, ret_nop);
  const Remote<Sink> far = remote(sink);
  run_virtual(all);
  const auto said = [](auto does) {
    ::testing::internal::CaptureStderr();
    does();
    return ::testing::internal::GetCapturedStderr();
  };
  std::string lines = said([&] {
    defer(a, unsafe_capture([&] {
            fill(far);
            call<&Sink::take>(far, 0);
          }));
    run_virtual(all);
  });
  EXPECT_NE(lines.find(" ERROR 0#0 calls to another runtime are refused: their lane is at its "
                       "bound"),
            std::string::npos)
      << lines;
  EXPECT_EQ(lines.find('\n'), lines.size() - 1) << "one line an episode: " << lines;
  std::thread([&] { fill(far); }).join();  // runs none of them
  lines = said([&] { run_virtual(all); });
  EXPECT_NE(lines.find(" ERROR 1#0 calls from threads without a runtime are refused: their lane "
                       "is at its bound"),
            std::string::npos)
      << lines;
  EXPECT_EQ(lines.find('\n'), lines.size() - 1) << "one line an episode: " << lines;
}

}  // namespace room_test
}  // namespace troupe
