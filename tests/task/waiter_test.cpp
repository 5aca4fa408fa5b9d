// task/waiter_test.cpp: the rings in which waiters stand; and an awaitable that is made with them,
// whole, as each of ours could be.
#include <troupe/task/waiter.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/alien.hpp"
#include "support/detached.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace waiter_test {

using namespace std::chrono_literals;
using detail::Link;
using troupe_test::Detached;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

TEST(WaiterTest, ALinkLeavesItsRingWhenItDies) {
  Link ring;
  EXPECT_TRUE(ring.alone());
  auto a = std::make_unique<Link>();
  auto b = std::make_unique<Link>();
  a->join(ring);
  b->join(ring);
  EXPECT_EQ(&ring.first(), a.get());
  a.reset();
  EXPECT_EQ(&ring.first(), b.get());
  b->unlink();
  EXPECT_TRUE(ring.alone());
  EXPECT_TRUE(b->alone());
}

TEST(WaiterTest, JoiningLeavesTheOtherRing) {
  Link one, two, a, b;
  a.join(one);
  b.join(one);
  a.join(two);
  EXPECT_EQ(&one.first(), &b);
  EXPECT_EQ(&two.first(), &a);
}

TEST(WaiterTest, OneTakesThePlaceOfAnother) {
  Link ring, a, b, c, instead;
  a.join(ring);
  b.join(ring);
  c.join(ring);
  instead.replace(b);
  EXPECT_TRUE(b.alone());
  a.unlink();
  EXPECT_EQ(&ring.first(), &instead);
  instead.unlink();
  EXPECT_EQ(&ring.first(), &c);
}

TEST(WaiterTest, ARingThatDiesFirstLeavesItsLinks) {
  Link a, b;
  {
    Link ring;
    a.join(ring);
    b.join(ring);
  }
  EXPECT_FALSE(a.alone());
  b.unlink();
  EXPECT_TRUE(a.alone());
}

// ---- an awaitable of ours
// Opens when it has been counted down: `const int n = co_await latch.wait()` says from where.
class Latch {
  struct Wait {
    static constexpr const char* what = "a latch";
    using reply_type = std::expected<int, ActorFail>;
    explicit Wait(Latch& l) noexcept : latch(&l) {}
    bool begin(detail::Waiter&) const noexcept { return latch->left_ == 0; }
    Link& ring(detail::Waiter&) const noexcept { return latch->waiting_; }
    int take(detail::Waiter&) const noexcept { return latch->from_; }
    void leave(detail::Waiter&) const noexcept {}
    Link& stored() const noexcept { return latch->stored_; }
    Latch* latch;
  };

 public:
  explicit Latch(int from) noexcept : from_(from), left_(from) {}
  ~Latch() { detail::lose_all(waiting_), detail::let_go(stored_); }
  ObjectWait<Wait> wait() noexcept { return ObjectWait<Wait>(Wait(*this)); }
  void count_down() noexcept {
    if (--left_ == 0) detail::grant_all(waiting_);
  }

 private:
  int from_, left_;
  Link waiting_, stored_;
};

using LatchTest = troupe_test::OneRuntimeTest;
using Waits = Task<int> (*)(Borrowed<Latch>);

Task<int> waits(Borrowed<Latch> latch) { co_return co_await latch->wait(); }
Task<int> waits_for_a_reply(Borrowed<Latch> latch) {
  const auto n = co_await latch->wait().reply();
  co_return n ? *n : -1;
}
Task<int> waits_for_a_value(Borrowed<Latch> latch) {
#if TROUPE_EXCEPTIONS
  try {
    co_return co_await latch->wait().value();
  } catch (const ActorFailed&) {
    co_return -2;
  }
#else
  co_return co_await latch->wait().value();
#endif
}
Task<int> waits_in_a_race(Borrowed<Latch> latch) {
  const auto raced = co_await race(latch->wait(), sleep(1h));
  co_return *raced.get<0>();
}
Task<int> waits_in_time(Borrowed<Latch> latch) { co_return co_await timeout(1h, latch->wait()); }
Task<int> waits_later(Borrowed<Latch> latch) {
  std::vector<decltype(latch->wait())> stored;
  for (int n = 0; n < 3; ++n) stored.push_back(latch->wait());
  co_return co_await std::move(stored.back());
}
troupe_test::Alien<int> waits_there(Latch& latch) { co_return co_await latch.wait(); }
Task<int> waits_through_a_coroutine_of_a_foreign_type(Borrowed<Latch> latch) {
  auto there = waits_there(*latch);
  co_return co_await there;
}
struct Way {
  Waits wait;
  const char* lost;
};
const Way ways[] = {
    {waits, "!dropped"},           {waits_for_a_reply, "=-1"},
#if TROUPE_EXCEPTIONS
    {waits_for_a_value, "=-2"},    {waits_through_a_coroutine_of_a_foreign_type, "!dropped"},
#endif
    {waits_in_a_race, "!dropped"}, {waits_in_time, "!dropped"},
    {waits_later, "!dropped"}};

TEST_F(LatchTest, WhoeverWaitsGoesOnWhenItOpens) {
  for (const Way& way : ways) {
    Latch latch(2);
    spawn(rt, way.wait, tell_int(""), unsafe_borrow(latch));
    rt.run();
    latch.count_down();
    rt.run();
    EXPECT_EQ(told(), "");
    latch.count_down();
    EXPECT_EQ(told(), "") << "by an item of the queue";
    rt.run();
    EXPECT_EQ(told(), "=2");
    spawn(rt, way.wait, tell_int(""), unsafe_borrow(latch));
    rt.run();
    EXPECT_EQ(told(), "=2") << "it is open";
  }
}

TEST_F(LatchTest, WhoeverWaitsHearsThatItHasGone) {
  for (const Way& way : ways) {
    std::optional<Latch> latch(std::in_place, 1);
    spawn(rt, way.wait, tell_int(""), unsafe_borrow(*latch));
    rt.run();
    latch.reset();
    rt.run();
    EXPECT_EQ(told(), way.lost);
  }
}

// At each moment before and after it opens.
TEST_F(LatchTest, WhoeverWaitsMayBeCancelled) {
  for (const Way& way : ways)
    for (int moment = 0; moment < 8; ++moment) {
      std::optional<Latch> latch(std::in_place, 1);
      const TaskRef ref = spawn(rt, way.wait, tell_int(""), unsafe_borrow(*latch));
      for (int n = 0; n < moment; ++n) rt.run_one();
      if (moment >= 4) latch->count_down();
      for (int n = 4; n < moment; ++n) rt.run_one();
      const bool ended = ref.done();
      ref.cancel();
      latch.reset();
      rt.run();
      EXPECT_EQ(told(), ended ? "=1" : "!cancelled");
      EXPECT_EQ(rt.live_tasks(), 0u);
    }
}

TEST_F(LatchTest, AReportSaysWhatItIs) {
  Latch latch(1);
  const TaskRef ref = spawn(rt, waits, ret_nop, unsafe_borrow(latch));
  rt.run();
  EXPECT_NE(rt.why_alive().text().find("a latch"), std::string::npos);
  ref.cancel();
}

Detached waits_alone(Latch& latch) {
  const auto n = co_await latch.wait().reply();
  say("", n ? *n : -1);
}
TEST_F(LatchTest, ACoroutineOfAForeignTypeWaitsAlone) {
  Latch latch(1);
  std::vector<Detached> coroutines;
  defer(
      rt,
      [](std::vector<Detached>* all, Latch* l) {
        for (int n = 0; n < 2; ++n) all->push_back(waits_alone(*l));
      },
      unsafe_borrow(&coroutines), unsafe_borrow(&latch));
  rt.run();
  coroutines.pop_back();
  latch.count_down();
  rt.run();
  EXPECT_EQ(told(), "1") << "one was destroyed where it waited";
}

}  // namespace waiter_test
}  // namespace troupe
