// thread/lane_test.cpp: lanes by themselves: the closing handover step by step, and what is left
// without memory.
#include <troupe/thread/lane.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <troupe/core.hpp>
#include <troupe/thread/ensemble.hpp>
#include <vector>

#include "support/allocations.hpp"
#include "support/allocations_hook.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace lane_test {

struct Counted {
  explicit Counted(int* l) noexcept : live(l) { ++*live; }
  Counted(Counted&& other) noexcept : live(std::exchange(other.live, nullptr)) {}
  ~Counted() {
    if (live) --*live;
  }
  void operator()(Core&) noexcept {}
  int* live;
};

class LaneTest : public troupe_test::RecordedTest {
 protected:
  bool write() {
    using R = detail::Record<Counted>;
    std::byte* const room = lane_.room<detail::record_size<Counted>>();
    if (!room) return false;
    ::new (static_cast<void*>(room)) R{&R::run, Counted(&live_)};
    lane_.written();
    return true;
  }
  void TearDown() override { EXPECT_EQ(live_, 0) << "each record is run or destroyed, once"; }
  int live_ = 0;
  detail::Seat seat_;
  detail::Lane lane_{seat_, 1, 0, {.bound = 4096, .chunk = 256, .publish = 64}};
};

// The steps of both ends in each order: the writer writes and publishes (w), and ends (W); the
// reader destroys what is there (r), says that it ends, and destroys what came in between (R).
TEST_F(LaneTest, WhoEndsSecondDestroysWhatIsLeft) {
  for (const std::string_view order : {"wWrR", "wrWR", "wrRW", "rwWR", "rwRW", "rRwW", "rwRwW",
                                       "wrwWR", "rwRwwwwwwwwwwwwwwwwW", "rRwwwwwwwwwwwwwwwwW"}) {
    SCOPED_TRACE(order);
    int live = 0;
    detail::Seat seat;
    detail::Lane lane(seat, 1, 0, {.bound = 4096, .chunk = 256, .publish = 64});
    for (const char step : order) {
      using R = detail::Record<Counted>;
      if (step == 'w') {
        if (std::byte* const room = lane.room<detail::record_size<Counted>>()) {
          ::new (static_cast<void*>(room)) R{&R::run, Counted(&live)};
          lane.written();
          lane.publish();
        }
      } else if (step == 'W') {
        lane.close_writer();
      } else if (step == 'r') {
        lane.drop_unread();
      } else {
        lane.close_reader();
      }
    }
    EXPECT_EQ(live, 0);
    EXPECT_EQ(lane.room<16>(), nullptr);
    EXPECT_EQ(lane.refusal(), Why::lost);
  }
}

TEST_F(LaneTest, WhatIsWrittenLaterIsNoPartOfARound) {
  Runtime rt;
  write();
  lane_.publish();
  ASSERT_TRUE(lane_.refresh());
  write();
  lane_.publish();
  EXPECT_EQ(lane_.run(rt.core(), 9, detail::Unwatched{}), 1u);
  EXPECT_FALSE(lane_.has_more());
  EXPECT_TRUE(lane_.has_news());
  EXPECT_TRUE(lane_.refresh());
  EXPECT_EQ(lane_.run(rt.core(), 9, detail::Unwatched{}), 1u);
  EXPECT_FALSE(lane_.has_news());
}

TEST_F(LaneTest, AllocatesNothingOnceItsRingIsThere) {
  Runtime rt;
  const auto round = [&] {
    for (int n = 0; n != 20; ++n) ASSERT_TRUE(write());
    lane_.publish();
    lane_.refresh();
    EXPECT_EQ(lane_.run(rt.core(), 99, detail::Unwatched{}), 20u);
  };
  round();
  round();
  const auto before = troupe_test::Allocations::made.load();
  round();
  EXPECT_EQ(troupe_test::Allocations::made.load(), before);
}

TEST_F(LaneTest, ALargeRecordGetsAChunkOfItsOwn) {
  struct Large {
    std::byte bytes[3000];
    void operator()(Core&) noexcept {}
  };
  ASSERT_TRUE(write());
  using L = detail::Record<Large>;
  std::byte* const room = lane_.room<detail::record_size<Large>>();
  ASSERT_NE(room, nullptr);
  ::new (static_cast<void*>(room)) L{&L::run, Large{}};
  lane_.written();
  ASSERT_TRUE(write());
  lane_.publish();
  lane_.refresh();
  Runtime rt;
  EXPECT_EQ(lane_.run(rt.core(), 9, detail::Unwatched{}), 3u);
}

// A move constructor that writes into the lane while a record is made must not show that record.
TEST_F(LaneTest, AHalfMadeRecordIsNotShown) {
  using R = detail::Record<Counted>;
  ASSERT_TRUE(write());
  lane_.publish();
  std::byte* const room = lane_.room<detail::record_size<Counted>>();
  for (int n = 0; n != 30; ++n) ASSERT_TRUE(write());
  lane_.publish();
  Runtime rt;
  lane_.refresh();
  EXPECT_EQ(lane_.run(rt.core(), 99, detail::Unwatched{}), 1u);
  ::new (static_cast<void*>(room)) R{&R::run, Counted(&live_)};
  lane_.written();
  lane_.publish();
  lane_.refresh();
  EXPECT_EQ(lane_.run(rt.core(), 99, detail::Unwatched{}), 31u);
}

// ---- without memory
struct Keeper {
  void keep(Ret<int> ret) { kept.push_back(std::move(ret)); }
  void add(int) {}
  void ask(Ret<int> ret) { ret(1); }
  void answer_all() {
    for (Ret<int>& ret : std::exchange(kept, {})) ret(7);
  }
  void drop_all() { kept.clear(); }
  std::vector<Ret<int>> kept;
};
thread_local int values = 0, failures = 0;
thread_local Why why{};
Ret<int> hears() {
  return ret_do([](Reply<int> r) {
    if (r) {
      ++values;
    } else {
      ++failures;
      why = r.error().why();
    }
  });
}

// A reader has ended while Rets in its lane still waited: their own list tells them, once, and not
// the lane back, which is written on another thread.
TEST_F(LaneTest, WhatTheWriterDestroysIsNotAnsweredByTheLaneBack) {
  struct Carries {
    detail::FarRet<int> ret;
    void operator()(Core&) noexcept {}
  };
  using R = detail::Record<Carries>;
  values = failures = 0;
  detail::Lane back(seat_, 0, 1, {.bound = 4096, .chunk = 256, .publish = 64});
  ASSERT_TRUE(lane_.rets().have(1));
  std::byte* const room = lane_.room<detail::record_size<Carries>>();
  ::new (static_cast<void*>(room))
      R{&R::run, {detail::FarRet<int>(&lane_.rets().put(hears()), &back)}};
  lane_.written();
  lane_.publish();
  lane_.close_reader();
  lane_.take_over();
  back.publish();
  EXPECT_FALSE(back.has_news());
  EXPECT_EQ(failures, 0);
  detail::Pending* const waits = lane_.rets().first();
  ASSERT_NE(waits, nullptr);
  waits->fail(*waits, ActorFail(Why::lost));
  EXPECT_EQ(failures, 1);
}

// And so for a Fwd.
TEST_F(LaneTest, AFwdThatTheWriterDestroysIsNotToldByTheLaneBack) {
  struct Carries {
    detail::FarFwd<int> fwd;
    void operator()(Core&) noexcept {}
  };
  using R = detail::Record<Carries>;
  const auto held = std::make_shared<int>(1);
  detail::Lane back(seat_, 0, 1, {.bound = 4096, .chunk = 256, .publish = 64});
  ASSERT_TRUE(lane_.fwds().have(1));
  std::byte* const room = lane_.room<detail::record_size<Carries>>();
  ::new (static_cast<void*>(room))
      R{&R::run,
        {detail::Crossed<Fwd<int>>::cross(lane_, back,
                                          fwd_do([](std::shared_ptr<int>, int) {}, held))}};
  lane_.written();
  lane_.publish();
  lane_.close_reader();
  lane_.take_over();
  back.publish();
  EXPECT_FALSE(back.has_news());
  EXPECT_EQ(held.use_count(), 2);
  detail::Pending* const waits = lane_.fwds().first();
  ASSERT_NE(waits, nullptr);
  waits->fail(*waits, ActorFail(Why::lost));
  EXPECT_EQ(held.use_count(), 1);
}

class NoMemoryTest : public troupe_test::BalancedTest {
 protected:
  NoMemoryTest() {
    values = failures = 0;
    all_.seat(1, *b_);
    all_.seat(0, *a_);
    keeper_ = make_actor<Keeper>(*b_, ret_nop);
    b_->run();
    far_ = remote(keeper_);
  }
  void both() {
    for (int n = 0; n != 4; ++n)
      for (auto* rt : {&a_, &b_})
        if (*rt) (*rt)->run();
  }
  Ensemble all_{2, {.lane_chunk = 256, .publish = 64}};
  std::optional<Runtime> a_{std::in_place}, b_{std::in_place};
  ActorOwn<Keeper> keeper_;
  Remote<Keeper> far_;
};

TEST_F(NoMemoryTest, AnAnswerThatFindsNoneIsAFailureThatNeedsNone) {
  for (int n = 0; n != 20; ++n) call<&Keeper::keep>(far_, hears());
  both();
  call<&Keeper::answer_all>(keeper_);
  {
    const troupe_test::FailAllocation all(0, true);
    b_->run();
  }
  both();
  EXPECT_EQ(values + failures, 20);
  EXPECT_GT(failures, 10);
  EXPECT_EQ(why, Why::no_memory);
}

// Whoever could not answer has not ended: it is called on.
TEST_F(NoMemoryTest, ARuntimeThatCouldNotAnswerIsNotTakenForEnded) {
  for (int n = 0; n != 40; ++n) call<&Keeper::keep>(far_, hears());
  both();
  call<&Keeper::answer_all>(keeper_);
  {
    const troupe_test::FailAllocation all(0, true);
    b_->run();
  }
  a_->run();
  const int failed = failures;
  EXPECT_GT(failed, 0);
  EXPECT_EQ(values + failed, 40);
  call<&Keeper::keep>(far_, hears());
  both();
  a_->run();
  call<&Keeper::answer_all>(keeper_);
  both();
  EXPECT_EQ(values, 41 - failed);
  EXPECT_EQ(failures, failed);
}

// The asker's runtime ends while another one says that it could not answer.
TEST_F(NoMemoryTest, TheMessageWithoutMemoryMayComeTooLate) {
  for (int n = 0; n != 3; ++n) call<&Keeper::keep>(far_, hears());
  both();
  a_.reset();
  EXPECT_EQ(failures, 3);
  EXPECT_EQ(why, Why::ended);
  call<&Keeper::drop_all>(keeper_);
  {
    const troupe_test::FailAllocation all(0, true);
    b_->run();
  }
  both();
  EXPECT_EQ(failures, 3);
}

TEST_F(NoMemoryTest, ACallThatFindsNoneTellsItsRet) {
  for (std::int64_t n = 0; n != 8; ++n) {
    Ret<int> ret = hears();
    const troupe_test::FailAllocation one(n, true);
    for (int k = 0; k != 3; ++k) call<&Keeper::add>(far_, 1);
    call<&Keeper::keep>(far_, std::move(ret));
  }
  both();
  call<&Keeper::answer_all>(keeper_);
  both();
  EXPECT_EQ(values + failures, 8);
  EXPECT_GT(values, 0);
  EXPECT_GT(failures, 0);
  EXPECT_EQ(why, Why::no_memory);
}

TEST_F(NoMemoryTest, CallsAndAnswersAllocateNothingInSteadyState) {
  const auto round = [this] {
    for (int n = 0; n != 30; ++n) {
      call<&Keeper::add>(far_, n);
      call<&Keeper::ask>(far_, hears());
    }
    b_->run();
    a_->run();
  };
  for (int n = 0; n != 5; ++n) round();
  const auto before = troupe_test::Allocations::made.load();
  for (int n = 0; n != 20; ++n) round();
  EXPECT_EQ(troupe_test::Allocations::made.load(), before);
  EXPECT_EQ(values, 25 * 30);
}

}  // namespace lane_test
}  // namespace troupe
