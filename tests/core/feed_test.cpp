// core/feed_test.cpp: records that come beside the queue: when they are looked for, what they count
// as, and when what was written goes off.
#include <troupe/core/feed.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace feed_test {

using troupe_test::say;
using troupe_test::told;

constexpr Instant at_s(int seconds) { return Instant(std::chrono::seconds(seconds)); }

// Its records are numbers that are said; `coming` is what another runtime has sent.
class Numbers final : public detail::Feed, public detail::AtEnd {
 public:
  explicit Numbers(Runtime& rt) : AtEnd(&over), core_(rt) {
    detail::kernel_of(core_).feed = this;
    AtEnd::link(detail::kernel_of(core_).at_end);
    slice = 3;
  }
  ~Numbers() {
    if (over_) return;
    detail::kernel_of(core_).feed = nullptr;
    AtEnd::unlink();
  }
  void look() noexcept override { seen_ = coming.size(), ++looks; }
  std::size_t run(std::size_t most) noexcept override {
    std::size_t ran = 0;
    for (; ran != most && seen_ != 0; ++ran, --seen_) {
      detail::kernel_of(core_).main.count(1);
      items.push_back(detail::kernel_of(core_).item());
      say("n", coming.front());
      coming.pop_front();
      if (again) coming.push_back(9);
    }
    return ran;
  }
  bool has_more() const noexcept override { return seen_ != 0; }
  void flush() noexcept override { say("flush"); }
  void end_run() noexcept override { say("end"); }
  void rest() noexcept override { say("rest"); }
  void wake_host() noexcept override { say("wake"); }
  bool has_news() const noexcept override { return !coming.empty(); }
  void describe(WhyAlive&) const override {}
  void ending() noexcept override { say(detail::kernel_of(core_).is_ending() ? "late" : "ending"); }

  std::deque<int> coming;
  std::deque<std::uint64_t> items;
  int looks = 0;
  bool again = false;  // the sender never pauses

 private:
  static void over(AtEnd& self) noexcept {
    say("over");
    auto& feed = static_cast<Numbers&>(self);
    feed.over_ = true;
    detail::kernel_of(feed.core_).feed = nullptr;
  }
  Core& core_;
  bool over_ = false;
  std::size_t seen_ = 0;
};

class FeedTest : public troupe_test::RecordedTest {
 protected:
  void defers(int n) {
    for (int i = 0; i < n; ++i) defer(rt_, [](int k) { say("q", k); }, i);
  }
  Runtime rt_;
  Numbers feed_{rt_};
};

TEST_F(FeedTest, SlicesOfBothTakeTurns) {
  defers(5);
  feed_.coming = {0, 1, 2, 3, 4};
  rt_.run();
  EXPECT_EQ(told(), "n0 n1 n2 q0 q1 q2 flush n3 n4 q3 q4 flush end rest");
  EXPECT_EQ(rt_.items_run(), 10u);
}

TEST_F(FeedTest, ABusyQueueLooksAgain) {
  defer(rt_, unsafe_capture([this] { feed_.coming = {7}; }));
  defers(5);
  rt_.run();
  EXPECT_EQ(told(), "q0 q1 flush n7 q2 q3 q4 flush end rest");
}

TEST_F(FeedTest, ASenderThatNeverPausesDoesNotKeepTheRun) {
  feed_.again = true;
  feed_.coming = {1, 2, 3, 4};
  EXPECT_FALSE(rt_.run(at_s(0), RunLimit{}).work);
  EXPECT_EQ(told(), "n1 n2 n3 n4 end rest wake");
  EXPECT_EQ(rt_.next_wait(at_s(0)), Duration::zero());
}

TEST_F(FeedTest, ItsRecordsCountAgainstTheLimit) {
  feed_.coming = {0, 1, 2};
  defers(2);
  EXPECT_TRUE(rt_.run(at_s(0), RunLimit{.items = 2}).work);
  EXPECT_EQ(told(), "n0 n1 end");
  EXPECT_TRUE(rt_.run(at_s(0), RunLimit{.items = 2}).work);
  EXPECT_EQ(told(), "n2 q0 flush end");
  EXPECT_FALSE(rt_.run(at_s(0), RunLimit{.items = 2}).work);
  EXPECT_EQ(told(), "q1 flush end rest");
  feed_.coming = {3};
  EXPECT_TRUE(rt_.run_one());
  EXPECT_FALSE(rt_.run_one());
  EXPECT_EQ(told(), "n3 end rest");
}

thread_local int looks_left = 0;
Instant counting_clock() { return at_s(looks_left-- > 0 ? 0 : 9); }

TEST_F(FeedTest, AnInstantBoundsWhatItRuns) {
  looks_left = 1;
  feed_.coming.resize(200);
  const RunLimit limit{.until = at_s(5), .clock = &counting_clock};
  EXPECT_TRUE(rt_.run(at_s(0), limit).work);
  EXPECT_EQ(feed_.items.size(), 2 * 64u) << "the clock is looked at every 64 records";
  told();
}

TEST_F(FeedTest, EachRecordIsATurnOfItsOwn) {
  feed_.coming = {0, 1};
  rt_.run();
  ASSERT_EQ(feed_.items.size(), 2u);
  EXPECT_NE(feed_.items[0], feed_.items[1]);
  told();
}

TEST_F(FeedTest, LazyItemsComeWhenBothAreEmpty) {
  lazy(rt_, [] { say("lazy"); });
  feed_.coming = {0, 1, 2, 3};
  rt_.run();
  EXPECT_EQ(told(), "n0 n1 n2 n3 lazy end rest");
  EXPECT_EQ(feed_.looks, 1);
}

TEST_F(FeedTest, NewsKeepTheHostAwake) {
  EXPECT_EQ(rt_.next_wait(at_s(0)), std::nullopt);
  feed_.coming = {0};
  EXPECT_EQ(rt_.next_wait(at_s(0)), Duration::zero());
  run_virtual(rt_);
  EXPECT_EQ(told(), "n0 end rest");
}

TEST(FeedAlone, HearsOfTheEndBeforeTheQueuesCloseAndBehindTheActors) {
  struct Last {
    ~Last() { say("actor gone"); }
  };
  std::optional<Runtime> rt(std::in_place);
  Numbers feed(*rt);
  auto own = make_actor<Last>(*rt, ret_nop);
  rt->run();
  told();
  rt.reset();
  own = {};
  EXPECT_EQ(told(), "ending actor gone over");
}

}  // namespace feed_test
}  // namespace troupe
