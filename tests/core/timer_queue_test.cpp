// core/timer_queue_test: the timers alone, in virtual time, against what they promise and against a
// plain model.
#include <troupe/core/timer_queue.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <new>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/seed.hpp"
#include "support/timers.hpp"

namespace troupe {
namespace timer_queue_test {

using namespace std::chrono_literals;
using std::uint64_t;
using troupe_test::fill;
using troupe_test::seed;
using Host = troupe_test::TimerHost;
using Ids = Host::Ids;

const Instant start = Instant(1000s);

class Timers : public ::testing::Test {
 protected:
  FixedTimerKey fixed(Duration in, uint64_t id) {
    return queue.add_fixed(now + in, now, fill(host, id));
  }
  MaxTimerKey max(Duration in, uint64_t id) { return queue.add_max(now + in, now, fill(host, id)); }
  MinTimerKey min(Duration in, uint64_t id) { return queue.add_min(now + in, now, fill(host, id)); }
  // A timer in the slot of one that is gone: slots are used in turn, in groups of 64.
  FixedTimerKey in_slot_of(FixedTimerKey gone, uint64_t id) {
    for (int left = 2 * 64;; --left) {
      const FixedTimerKey key = fixed(1s, id);
      if (left == 0 || TimerQueueProbe::slot(key) == TimerQueueProbe::slot(gone)) return key;
      queue.erase(key);
    }
  }
  Ids advance(Duration by) {
    now += by;
    queue.advance(now, host.core());
    return host.take();
  }
  // Goes from one expiry to the next; returns how many there were until `count` timers had fired.
  int looks(std::size_t count) {
    int n = 0;
    while (host.fired.size() < count) {
      const auto next = queue.next_expiry();
      if (!next || *next <= now) return -1;
      now = *next;
      queue.advance(now, host.core());
      ++n;
    }
    return n;
  }
  std::vector<std::pair<Instant, TimerKind>> list() const {
    std::vector<std::pair<Instant, TimerKind>> found;
    queue.each([&found](Instant expiry, TimerKind kind) { found.emplace_back(expiry, kind); });
    return found;
  }

  Host host;
  Instant now = start;
  TimerQueue queue{start};
};

// ---- fixed

TEST_F(Timers, FixedFiresAtItsExpiryNotBefore) {
  const FixedTimerKey key = fixed(10s, 1);
  EXPECT_TRUE(queue.is_active(key));
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_EQ(queue.next_expiry(), now + 10s);
  EXPECT_EQ(advance(10s - 1ns), Ids{});
  EXPECT_EQ(queue.next_expiry(), now + 1ns);
  EXPECT_EQ(advance(1ns), Ids{1});
  EXPECT_FALSE(queue.is_active(key));
  EXPECT_FALSE(queue.erase(key));
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.next_expiry(), std::nullopt);
  EXPECT_TRUE(host.dropped.empty());
}

TEST_F(Timers, FarFixedNeedsNoWaypoint) {
  fixed(10h, 1);
  fixed(24h * 365 * 200, 2);
  EXPECT_EQ(queue.next_expiry(), now + 10h);
  EXPECT_EQ(looks(2), 2);
  EXPECT_EQ(host.take(), (Ids{1, 2}));
  EXPECT_EQ(now, start + 24h * 365 * 200);
}

TEST_F(Timers, EraseDestroysAtOnceAndOnlyOnce) {
  const FixedTimerKey a = fixed(1s, 1);
  const FixedTimerKey b = fixed(10h, 2);
  EXPECT_TRUE(queue.erase(b));
  EXPECT_EQ(host.dropped, Ids{2});
  EXPECT_FALSE(queue.erase(b));
  EXPECT_FALSE(queue.is_active(b));
  EXPECT_TRUE(queue.is_active(a));
  EXPECT_EQ(queue.next_expiry(), now + 1s);
  EXPECT_TRUE(queue.erase(a));
  EXPECT_EQ(queue.next_expiry(), std::nullopt);
  EXPECT_EQ(advance(20h), Ids{});
  EXPECT_EQ(host.dropped, (Ids{2, 1}));
}

TEST_F(Timers, NextExpiryFollowsTheEarliestAsItIsErased) {
  std::vector<FixedTimerKey> keys;
  for (int i = 0; i < 64; ++i) keys.push_back(fixed(60s + i * 1ms, 0));
  for (int i = 0; i < 64; ++i) {
    EXPECT_EQ(queue.next_expiry(), now + 60s + i * 1ms);
    EXPECT_TRUE(queue.erase(keys[static_cast<std::size_t>(i)]));
  }
  EXPECT_EQ(queue.next_expiry(), std::nullopt);
}

TEST_F(Timers, NextExpiryOfManyIsEarlyAFewTimesAtMost) {
  std::vector<FixedTimerKey> keys;
  for (uint64_t i = 0; i < 10'000; ++i) keys.push_back(fixed(60s + Duration(i), i));
  for (std::size_t i = 0; i < 9'000; ++i) EXPECT_TRUE(queue.erase(keys[i]));
  EXPECT_LE(*queue.next_expiry(), now + 60s + 9000ns);
  EXPECT_GE(*queue.next_expiry(), now + 60s);
  EXPECT_LE(looks(1), 2);
  EXPECT_EQ(host.fired, Ids{9'000});
  EXPECT_EQ(looks(1000), 999);
}

TEST_F(Timers, ComeAndGoAtEveryFillOfABucket) {
  for (uint64_t count = 0; count <= 40; ++count) {
    std::vector<FixedTimerKey> keys;
    Ids expected;
    for (uint64_t i = 0; i < count; ++i) keys.push_back(fixed(60s, i));
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.erase(fixed(60s, 99)));
    for (std::size_t i = count; i-- != count / 3;) {
      EXPECT_TRUE(queue.erase(keys[i]));
      EXPECT_TRUE(queue.erase(fixed(60s, 99)));
    }
    for (uint64_t i = 0; i < count / 3; ++i) expected.push_back(i);
    EXPECT_EQ(queue.next_expiry().has_value(), !expected.empty());
    fixed(60s, count);
    expected.push_back(count);
    EXPECT_EQ(advance(60s), expected);
    EXPECT_EQ(queue.size(), 0u);
  }
}

TEST_F(Timers, DefaultKeysNameNothing) {
  fixed(1s, 1);
  EXPECT_FALSE(queue.erase(FixedTimerKey()));
  EXPECT_FALSE(queue.erase(MaxTimerKey()));
  EXPECT_FALSE(queue.erase(MinTimerKey()));
  EXPECT_FALSE(queue.is_active(FixedTimerKey()));
  EXPECT_FALSE(queue.is_active(MaxTimerKey()));
  EXPECT_FALSE(queue.is_active(MinTimerKey()));
  EXPECT_FALSE(queue.update_max(MaxTimerKey(), now + 1s));
  EXPECT_FALSE(queue.update_min(MinTimerKey(), now + 1s, now));
  EXPECT_EQ(FixedTimerKey(), FixedTimerKey());
  EXPECT_NE(fixed(1s, 2), FixedTimerKey());
  EXPECT_EQ(queue.size(), 2u);
}

TEST_F(Timers, PastAndPresentFireAtTheNextLaterTime) {
  fixed(0s, 1);
  fixed(-5s, 2);
  queue.add_max(Instant::min(), now, fill(host, 3));
  queue.add_min(Instant::min(), now, fill(host, 4));
  EXPECT_EQ(queue.next_expiry(), now + 1ns);
  EXPECT_EQ(advance(0s), Ids{});
  EXPECT_EQ(advance(1ns), (Ids{1, 2, 3, 4}));
}

TEST_F(Timers, ATimerAddedWhileTimersFireWaitsForALaterTime) {
  host.on_fire = [this](uint64_t id) {
    if (id < 5) fixed(0s, id + 1);
  };
  fixed(1s, 1);
  EXPECT_EQ(advance(3s), Ids{1});
  EXPECT_EQ(advance(0s), Ids{});
  EXPECT_EQ(advance(1ns), Ids{2});
  EXPECT_EQ(looks(3), 3);
}

TEST_F(Timers, AnyInstantIsAValidExpiry) {
  for (const Instant begin : {Instant::min(), Instant(-1ns), Instant(0ns), Instant::max() - 1h}) {
    TimerQueue other(begin);
    other.add_fixed(Instant::max(), begin, fill(host, 3));
    other.add_min(Instant::max(), begin, fill(host, 4));
    other.add_max(Instant::min(), begin, fill(host, 1));
    other.add_fixed(begin + 1min, begin, fill(host, 2));
    EXPECT_EQ(other.next_expiry(), begin + 1ns);
    other.advance(begin + 1min, host.core());
    EXPECT_EQ(host.take(), (Ids{1, 2}));
    other.advance(Instant::max() - 1ns, host.core());
    EXPECT_EQ(host.take(), Ids{});
    EXPECT_EQ(other.next_expiry(), Instant::max());
    other.advance(Instant::max(), host.core());
    EXPECT_EQ(host.take(), (Ids{3, 4}));
    other.add_fixed(Instant::max(), Instant::max(), fill(host, 5));  // there is no later time
    EXPECT_EQ(other.size(), 1u);
  }
  EXPECT_EQ(host.dropped, (Ids{5, 5, 5, 5}));
}

TEST_F(Timers, TimeThatGoesBackwardsFiresNothing) {
  advance(1h);
  fixed(1s, 1);
  EXPECT_EQ(advance(-30min), Ids{});
  queue.add_fixed(now + 1s, now, fill(host, 2));  // its time has passed for the queue
  now = start + 1h;
  EXPECT_EQ(advance(0s), Ids{});
  EXPECT_EQ(advance(1s), (Ids{2, 1}));
}

// ---- order

TEST_F(Timers, OneTimeFiresInTheOrderOfCreation) {
  for (const uint64_t count : {3u, 64u, 65u, 1000u, 5000u}) {
    Ids expected;
    for (uint64_t i = 0; i < count; ++i) {
      const Duration in = i % 3 == 0 ? 5s : 7s;
      i % 2 == 0 ? void(fixed(in, i)) : void(max(in, i));
    }
    for (uint64_t i = 0; i < count; i += 3) expected.push_back(i);
    for (uint64_t i = 0; i < count; ++i) {
      if (i % 3 != 0) expected.push_back(i);
    }
    EXPECT_EQ(advance(10s), expected);
  }
}

TEST_F(Timers, OneTimeKeepsItsOrderThroughErasures) {
  std::mt19937_64 random(seed());
  SCOPED_TRACE(troupe_test::seed_text());
  for (const uint64_t count : {20u, 60u, 300u, 4000u}) {
    std::vector<std::pair<uint64_t, FixedTimerKey>> keys;
    for (uint64_t i = 0; i < count; ++i) {
      keys.emplace_back(i, fixed(5s, i));
      if (random() % 3 != 0) continue;
      const std::size_t victim = random() % keys.size();
      EXPECT_TRUE(queue.erase(keys[victim].second));
      keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(victim));
    }
    Ids expected;
    for (const auto& [id, key] : keys) expected.push_back(id);
    EXPECT_EQ(advance(10s), expected);
  }
}

TEST_F(Timers, ABigJumpKeepsTheExactOrder) {
  const MaxTimerKey late = max(1s, 1);
  const MinTimerKey soon = min(100h, 2);
  const MaxTimerKey tied = max(2s, 3);
  fixed(50h, 4);
  fixed(60h, 5);
  fixed(40h, 6);
  fixed(70h, 7);
  EXPECT_TRUE(queue.update_max(late, now + 55h));
  EXPECT_TRUE(queue.update_min(soon, now + 45h, now));
  EXPECT_TRUE(queue.update_max(tied, now + 60h));
  fixed(60h, 8);
  EXPECT_EQ(advance(1000h), (Ids{6, 2, 4, 1, 3, 5, 8, 7}));  // 3 was made before 5
}

TEST_F(Timers, ManyUpdatedTimersOfOneTimeFireInTheOrderOfCreation) {
  for (const bool in_one_jump : {true, false}) {
    std::vector<MaxTimerKey> keys;
    Ids expected;
    for (uint64_t i = 0; i < 3000; ++i) {
      if (i % 4 == 0) {
        fixed(100s, i);
      } else {
        keys.push_back(max(1s + Duration(i * 7919 % 3000) * 1000000, i));
      }
      expected.push_back(i);
    }
    for (const MaxTimerKey key : keys) EXPECT_TRUE(queue.update_max(key, now + 100s));
    if (!in_one_jump) {
      for (int i = 0; i < 99; ++i) EXPECT_EQ(advance(1s), Ids{});
      EXPECT_EQ(advance(1s), expected);
    } else {
      EXPECT_EQ(advance(100s), expected);
    }
  }
}

// ---- max

TEST_F(Timers, MaxFiresAtTheLatestTimeItWasGiven) {
  const MaxTimerKey key = max(10s, 1);
  const MaxTimerKey other = max(20s, 2);
  EXPECT_TRUE(queue.is_active(key));
  EXPECT_TRUE(queue.update_max(key, now + 30s));
  EXPECT_TRUE(queue.update_max(key, now + 15s));  // earlier: ignored
  EXPECT_TRUE(queue.update_max(key, now + 30s));
  EXPECT_EQ(queue.next_expiry(), now + 10s);  // the waypoint
  EXPECT_EQ(advance(10s), Ids{});
  EXPECT_EQ(queue.next_expiry(), now + 10s);
  EXPECT_TRUE(queue.erase(other));
  EXPECT_FALSE(queue.erase(other));
  EXPECT_EQ(queue.next_expiry(), now + 20s);
  EXPECT_TRUE(queue.update_max(key, now + 21s));
  EXPECT_EQ(advance(21s - 1ns), Ids{});
  EXPECT_EQ(advance(1ns), Ids{1});
  EXPECT_FALSE(queue.update_max(key, now + 1s));
  EXPECT_FALSE(queue.is_active(key));
  EXPECT_EQ(host.dropped, Ids{2});
}

TEST_F(Timers, MaxPushedAgainAndAgainIsLookedAtOncePerSpan) {
  const MaxTimerKey key = max(60s, 1);
  for (int i = 0; i < 600; ++i) {
    EXPECT_EQ(advance(1s), Ids{});
    EXPECT_TRUE(queue.update_max(key, now + 60s));
  }
  EXPECT_EQ(looks(1), 2);
  EXPECT_EQ(now, start + 660s);
}

TEST_F(Timers, MaxCanBePushedToTheEndOfTime) {
  const MaxTimerKey key = max(1s, 1);
  EXPECT_TRUE(queue.update_max(key, Instant::max()));
  EXPECT_EQ(advance(1s), Ids{});
  EXPECT_EQ(queue.next_expiry(), Instant::max());
  queue.advance(Instant::max(), host.core());
  EXPECT_EQ(host.take(), Ids{1});
}

// ---- min

TEST_F(Timers, MinFiresAtTheEarliestTimeItWasGiven) {
  const MinTimerKey key = min(60s, 1);
  const MinTimerKey other = min(50s, 2);
  EXPECT_TRUE(queue.update_min(key, now + 70s, now));  // later: ignored
  EXPECT_TRUE(queue.update_min(key, now + 20s, now));  // before its waypoint
  EXPECT_TRUE(queue.erase(other));
  EXPECT_EQ(advance(20s - 1ns), Ids{});
  EXPECT_EQ(advance(1ns), Ids{1});
  EXPECT_FALSE(queue.update_min(key, now + 1s, now));
  EXPECT_FALSE(queue.is_active(key));
  EXPECT_FALSE(queue.erase(key));
}

TEST_F(Timers, MinCanMoveWithinTheRoomLeft) {
  const MinTimerKey key = min(60s, 1);
  const auto waypoint = queue.next_expiry();
  ASSERT_TRUE(waypoint);
  EXPECT_GE(*waypoint, now + 45s);
  EXPECT_LE(*waypoint, now + 53s);
  EXPECT_TRUE(queue.update_min(key, now + 55s, now));
  EXPECT_EQ(queue.next_expiry(), waypoint);
  EXPECT_EQ(looks(1), 4);
  EXPECT_EQ(now, start + 55s);
}

TEST_F(Timers, MinHasFewWaypoints) {
  const std::pair<Duration, int> cases[] = {
      {400ms, 1}, {536ms, 1}, {1s, 2},     {10s, 4},
      {60s, 5},   {3600s, 8}, {30000s, 9}, {24h * 365 * 100, 24}};
  for (const auto& [span, most] : cases) {
    min(span, 1);
    const Instant expiry = now + span;
    const int n = looks(1);
    EXPECT_EQ(now, expiry);
    EXPECT_GE(n, 1);
    EXPECT_LE(n, most) << span.count();
    EXPECT_EQ(host.take(), Ids{1});
  }
}

TEST_F(Timers, WaypointsOfMinTimersCoincide) {
  for (uint64_t i = 0; i < 1000; ++i) min(60s + Duration(i * 1000000), i);
  const int n = looks(1000);
  EXPECT_GE(n, 1000);
  EXPECT_LE(n, 1000 + 100);
}

TEST_F(Timers, MinUpdatedToThePastIsDueNext) {
  for (const Duration span : {Duration(100ms), Duration(60s), Duration(3600s)}) {
    fixed(50ms, 9);
    const MinTimerKey key = min(span, 1);
    EXPECT_TRUE(queue.update_min(key, now - 10s, now));
    EXPECT_EQ(queue.next_expiry(), now + 1ns);
    EXPECT_EQ(advance(0s), Ids{});
    EXPECT_EQ(advance(1ns), Ids{1});
    EXPECT_EQ(advance(50ms), Ids{9});
  }
  const MinTimerKey key = min(60s, 2);
  advance(30s);
  EXPECT_TRUE(queue.update_min(key, Instant::min(), now));
  EXPECT_EQ(queue.next_expiry(), now + 1ns);
  EXPECT_EQ(advance(1s), Ids{2});
}

// ---- keys

TEST_F(Timers, StaleKeysDoNoHarm) {
  const FixedTimerKey old = fixed(1s, 1);
  queue.erase(old);
  const FixedTimerKey young = in_slot_of(old, 2);
  EXPECT_EQ(TimerQueueProbe::slot(old), TimerQueueProbe::slot(young));
  EXPECT_NE(old, young);
  EXPECT_FALSE(queue.erase(old));
  EXPECT_FALSE(queue.is_active(old));
  EXPECT_TRUE(queue.is_active(young));
  EXPECT_FALSE(queue.is_active(TimerQueueProbe::key(1'000'000, 1)));
  queue.erase(young);
  queue.trim();
  EXPECT_EQ(queue.memory(), 0u);
  EXPECT_FALSE(queue.is_active(old));
  EXPECT_FALSE(queue.erase(young));
  const FixedTimerKey next = fixed(1s, 3);  // in new memory, and yet not named by the old keys
  EXPECT_EQ(TimerQueueProbe::slot(old), TimerQueueProbe::slot(next));
  EXPECT_FALSE(queue.is_active(old));
  EXPECT_FALSE(queue.is_active(young));
  EXPECT_TRUE(queue.is_active(next));
}

TEST_F(Timers, TheGenerationWrapsAroundZero) {
  const FixedTimerKey first = fixed(1s, 1);
  TimerQueueProbe::set_generation(queue, first, 0xffff'ffff);
  const FixedTimerKey last = TimerQueueProbe::key(TimerQueueProbe::slot(first), 0xffff'ffff);
  EXPECT_TRUE(queue.is_active(last));
  EXPECT_EQ(advance(1s), Ids{1});
  EXPECT_FALSE(queue.is_active(last));
  const FixedTimerKey wrapped = in_slot_of(first, 2);
  EXPECT_EQ(TimerQueueProbe::slot(wrapped), TimerQueueProbe::slot(first));
  EXPECT_EQ(TimerQueueProbe::generation(wrapped), 1u) << "odd while it is in use";
  EXPECT_FALSE(queue.is_active(FixedTimerKey()));
  EXPECT_FALSE(queue.is_active(last));
  EXPECT_TRUE(queue.erase(wrapped));
}

TEST_F(Timers, AKeyOfAnotherQueueNamesNothing) {
  fixed(1s, 1);
  for (int other_queues = 0; other_queues < 100; ++other_queues) {
    TimerQueue other(start);
    std::vector<FixedTimerKey> keys;
    for (uint64_t i = 0; i < 130; ++i)
      keys.push_back(other.add_fixed(now + 1s, now, fill(host, 100 + i)));
    MaxTimerKey max_key = other.add_max(now + 1s, now, fill(host, 300));
    MinTimerKey min_key = other.add_min(now + 1s, now, fill(host, 301));
    // Slots that were used, that wait to be given out, and that are not there.
    for (const FixedTimerKey key : keys) {
      EXPECT_FALSE(queue.is_active(key));
      EXPECT_FALSE(queue.erase(key));
    }
    EXPECT_FALSE(queue.update_max(max_key, now + 2s));
    EXPECT_FALSE(queue.update_min(min_key, now + 1ns, now));
  }
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_EQ(advance(1s), Ids{1});
}

TEST_F(Timers, NoKeyNamesASlotThatIsNotInUse) {
  const FixedTimerKey first = fixed(1s, 1);
  const auto generation = TimerQueueProbe::generation(first);
  for (std::uint32_t slot = 0; slot < 64;
       ++slot)  // as if another queue had come to the same generations
    for (std::uint32_t g = generation - 3; g != generation + 4; ++g) {
      const FixedTimerKey key = TimerQueueProbe::key(slot, g);
      if (key == first || g % 2 == 0) continue;  // no key has an even one
      EXPECT_FALSE(queue.is_active(key)) << slot << " " << g;
      EXPECT_FALSE(queue.erase(key));
    }
  EXPECT_TRUE(queue.erase(first));
  EXPECT_FALSE(queue.erase(first));
}

TEST_F(Timers, GenerationsGoOnOverTheirEndAlsoInNewMemory) {
  FixedTimerKey key = fixed(1s, 1);
  TimerQueueProbe::set_generation(queue, key, 0xffff'ffff);
  key = TimerQueueProbe::key(TimerQueueProbe::slot(key), 0xffff'ffff);
  std::vector<FixedTimerKey> old;
  for (int round = 0; round < 5; ++round) {
    old.push_back(key);
    EXPECT_TRUE(queue.erase(key));
    queue.trim();
    EXPECT_EQ(queue.memory(), 0u);
    key = fixed(1s, 1);
    for (const FixedTimerKey gone : old) EXPECT_FALSE(queue.is_active(gone)) << round;
  }
  EXPECT_TRUE(queue.erase(key));
}

// ---- bounds and memory

TEST_F(Timers, TheBoundHolds) {
  queue.set_max_timers(3);
  const FixedTimerKey key = fixed(1s, 1);
  fixed(1s, 2);
  max(1s, 3);
#if TROUPE_EXCEPTIONS
  EXPECT_THROW(fixed(1s, 4), std::bad_alloc);
  EXPECT_THROW(max(1s, 4), std::bad_alloc);
  EXPECT_THROW(min(1s, 4), std::bad_alloc);
#endif
  EXPECT_EQ(queue.size(), 3u);
  EXPECT_TRUE(queue.erase(key));
  min(1s, 5);
  queue.set_max_timers(1);
  EXPECT_EQ(advance(1s), (Ids{2, 3, 5}));
  fixed(1s, 6);
#if TROUPE_EXCEPTIONS
  EXPECT_THROW(fixed(1s, 4), std::bad_alloc);
#endif
  queue.set_max_timers(std::numeric_limits<std::size_t>::max());
  fixed(1s, 7);
  EXPECT_EQ(advance(1s), (Ids{6, 7}));
  EXPECT_EQ(host.dropped, Ids{1});
}

#if TROUPE_EXCEPTIONS
TEST_F(Timers, WithoutMemoryAddThrowsAndChangesNothing) {
  for (std::size_t granted = 0; granted < 40'000; granted += 1000) {
    TimerQueue other(start);
    Ids expected;
    uint64_t id = 0;
    TimerQueueProbe::refuse_memory(other, granted);
    for (int refused = 0; refused < 3; ++id) {
      const auto before = other.next_expiry();
      try {
        other.add_fixed(start + 1h - Duration(id), start, fill(host, id));
        expected.insert(expected.begin(), id);
      } catch (const std::bad_alloc&) {
        EXPECT_EQ(other.size(), expected.size());
        EXPECT_EQ(other.next_expiry(), before);
        ++refused;
      }
    }
    EXPECT_LE(other.memory(), granted);
    TimerQueueProbe::grant_memory(other);
    other.add_fixed(start + 2h, start, fill(host, 1'000'000));
    expected.push_back(1'000'000);
    other.advance(start + 3h, host.core());
    EXPECT_EQ(host.take(), expected);
  }
  EXPECT_TRUE(host.dropped.empty());
}
#endif

TEST_F(Timers, AStepWithoutMemoryIsTriedAgain) {
  for (const uint64_t count : {5u, 100u, 1000u}) {
    for (const bool same_time : {true, false}) {
      Ids expected;
      std::vector<FixedTimerKey> keys;
      for (uint64_t i = 0; i < count; ++i) {
        keys.push_back(fixed(5s + (same_time ? 0s : Duration(i)), i));
        if (i != 4) expected.push_back(i);
      }
      const FixedTimerKey later = fixed(20s, count);
      host.room = 2;
      EXPECT_EQ(advance(10s), (Ids{0, 1}));
      EXPECT_EQ(queue.size(), count - 1);
      EXPECT_TRUE(queue.is_active(keys[2]));
      EXPECT_TRUE(queue.is_active(keys[3]));
      EXPECT_FALSE(queue.is_active(keys[1]));
      ASSERT_TRUE(queue.next_expiry());
      EXPECT_LE(*queue.next_expiry(), now);
      EXPECT_EQ(advance(0s), Ids{});
      fixed(0s, count + 1);
      EXPECT_TRUE(queue.erase(keys[4]));
      host.room = 1;
      EXPECT_EQ(advance(0s), Ids{2});
      EXPECT_FALSE(queue.is_active(keys[2]));
      host.room = std::numeric_limits<std::size_t>::max();
      EXPECT_EQ(advance(0s), Ids(expected.begin() + 3, expected.end()));
      EXPECT_EQ(advance(1s), Ids{count + 1});
      EXPECT_TRUE(queue.erase(later));
      EXPECT_EQ(queue.size(), 0u);
    }
  }
}

TEST_F(Timers, PendingTimersCanBeClearedAndUpdated) {
  for (const uint64_t count : {5u, 1000u}) {
    for (uint64_t i = 0; i < count; ++i) fixed(5s, i);
    const MaxTimerKey pushed = max(5s, count);
    const MinTimerKey pulled = min(5s, count + 1);
    host.room = 0;
    EXPECT_EQ(advance(10s), Ids{});
    EXPECT_TRUE(queue.update_max(pushed, now + 10s));
    EXPECT_TRUE(queue.update_min(pulled, now + 1s, now));
    host.room = count;
    Ids all(count);
    for (uint64_t i = 0; i < count; ++i) all[i] = i;
    EXPECT_EQ(advance(1s), all);
    host.room = std::numeric_limits<std::size_t>::max();
    EXPECT_EQ(advance(0s), Ids{count + 1});
    EXPECT_EQ(advance(9s), Ids{count});
    for (uint64_t i = 0; i < count; ++i) fixed(5s, i);
    host.room = 2;
    advance(10s);
    host.room = std::numeric_limits<std::size_t>::max();
    queue.clear();
    EXPECT_EQ(host.dropped.size(), count - 2);
    host.dropped.clear();
    EXPECT_EQ(queue.next_expiry(), std::nullopt);
    fixed(1s, 77);
    EXPECT_EQ(advance(1s), Ids{77});
  }
}

TEST_F(Timers, SteadyUseAllocatesNothing) {
  std::mt19937_64 random(7);
  std::vector<FixedTimerKey> keys;
  for (uint64_t i = 0; i < 5000; ++i)
    keys.push_back(fixed(Duration(random() % 100'000'000'000), i));
  std::vector<MinTimerKey> pulled;
  std::vector<MaxTimerKey> pushed;
  for (uint64_t i = 0; i < 500; ++i) pulled.push_back(min(3600s, i));
  for (uint64_t i = 0; i < 500; ++i) pushed.push_back(max(1s, i));
  const std::size_t held = queue.memory();
  TimerQueueProbe::refuse_memory(queue);
  for (int round = 0; round < 300'000; ++round) {
    FixedTimerKey& key = keys[random() % keys.size()];
    queue.erase(key);
    key = fixed(Duration(random() >> (random() % 40 + 20)), 1);
    MinTimerKey& low = pulled[random() % pulled.size()];
    if (!queue.update_min(low, now + Duration(random() % 3'600'000'000'000), now))
      low = min(3600s, 2);
    queue.update_max(pushed[random() % pushed.size()], now + Duration(random() % 100'000'000'000));
    if (round % 16 == 0) advance(Duration(random() % 100'000'000));
  }
  EXPECT_EQ(queue.memory(), held);
}

// Timers that lie in one far bucket and, once time comes near, in as many buckets as there are
// timers.
TEST_F(Timers, MemoryMadeByAddSufficesForAllThatFollows) {
  const Instant far(Duration(Duration::rep{1} << 58));
  for (const bool trimmed : {false, true}) {
    for (const int count : {1, 14, 15, 62, 63, 200, 560}) {
      TimerQueue other(start);
      std::vector<FixedTimerKey> keys;
      for (uint64_t i = 0; i < 3000 && trimmed; ++i)
        keys.push_back(other.add_fixed(far, start, fill(host, i)));
      for (const FixedTimerKey key : keys) other.erase(key);
      std::vector<std::pair<Instant, uint64_t>> model;
      for (int i = 0; i < count; ++i) {
        const Instant at = far + Duration(Duration::rep{i % 62 + 1} << (6 * (i / 62)));
        other.add_fixed(at, start, fill(host, static_cast<uint64_t>(i)));
        model.emplace_back(at, static_cast<uint64_t>(i));
      }
      if (trimmed) other.trim();
      TimerQueueProbe::refuse_memory(other);
      std::sort(model.begin(), model.end());
      other.advance(far, host.core());
      EXPECT_EQ(host.take(), Ids{});
      for (const auto& [at, id] : model) {
        EXPECT_EQ(other.next_expiry(), at);
        other.advance(at, host.core());
        EXPECT_EQ(host.take(), Ids{id});
      }
      EXPECT_EQ(other.size(), 0u);
    }
  }
}

TEST_F(Timers, TimersErasedWhileDueLeaveRoomForOthers) {
  constexpr uint64_t count = 20'000;
  std::vector<FixedTimerKey> keys;
  for (uint64_t i = 0; i < count; ++i) keys.push_back(fixed(5s, i));
  std::vector<std::pair<Instant, uint64_t>> model;
  host.on_fire = [&](uint64_t id) {
    if (id != 0) return;
    for (const FixedTimerKey key : keys) queue.erase(key);
    for (uint64_t i = 0; i < count; ++i) {  // spread over all buckets
      const Duration in(static_cast<Duration::rep>(i % 62 + 1) << (6 * (i / 62 % 10)));
      fixed(in, i);
      model.emplace_back(now + in, i);
    }
  };
  EXPECT_EQ(advance(10s), Ids{0});
  EXPECT_EQ(host.dropped.size(), count - 1);
  host.on_fire = nullptr;
  std::sort(model.begin(), model.end());
  Ids expected;
  for (const auto& [at, id] : model) expected.push_back(id);
  now = model.back().first;
  EXPECT_EQ(advance(0s), expected);
}

TEST_F(Timers, TrimGivesBackWhatIsNotUsed) {
  EXPECT_EQ(queue.memory(), 0u);
  std::vector<FixedTimerKey> keys;
  for (uint64_t i = 0; i < 20'000; ++i) keys.push_back(fixed(Duration(i * 1'000'000), i));
  const std::size_t full = queue.memory();
  EXPECT_LE(full, 20'000u * 110);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i < 9'000 || i >= 9'100) queue.erase(keys[i]);
  }
  EXPECT_EQ(queue.memory(), full);
  queue.trim();
  EXPECT_LE(queue.memory(), 200'000u);
  for (uint64_t i = 0; i < 20'000; ++i) {
    if (i < 9'000 || i >= 9'100) fixed(Duration(i * 1'000'000), i);
  }
  const Ids fired = advance(30s);
  ASSERT_EQ(fired.size(), 20'000u);
  for (uint64_t i = 0; i < 20'000; ++i) ASSERT_EQ(fired[i], i);
  queue.trim();
  EXPECT_EQ(queue.memory(), 0u);
  queue.trim();
  fixed(1s, 1);
  EXPECT_EQ(advance(1s), Ids{1});
}

TEST_F(Timers, ClearAndTheDestructorDestroyAllUnrun) {
  for (uint64_t i = 0; i < 300; ++i) fixed(Duration(i * i * 1000), i);
  max(1h, 300);
  min(1h, 301);
  queue.clear();
  EXPECT_EQ(host.dropped.size(), 302u);
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.next_expiry(), std::nullopt);
  host.dropped.clear();
  {
    TimerQueue other(start);
    for (uint64_t i = 0; i < 5; ++i) other.add_fixed(start + 5s, start, fill(host, i));
  }
  EXPECT_EQ(host.dropped.size(), 5u);
  EXPECT_TRUE(host.fired.empty());
}

TEST_F(Timers, EachListsTheLiveTimers) {
  EXPECT_TRUE(list().empty());
  fixed(1s, 1);
  const MaxTimerKey high = max(2s, 2);
  const MinTimerKey low = min(60s, 3);
  const FixedTimerKey gone = fixed(4s, 4);
  queue.update_max(high, now + 10s);
  queue.update_min(low, now + 50s, now);
  queue.erase(gone);
  const std::vector<std::pair<Instant, TimerKind>> expected = {
      {now + 1s, TimerKind::fixed}, {now + 10s, TimerKind::max}, {now + 50s, TimerKind::min}};
  EXPECT_EQ(list(), expected);
  advance(5s);
  EXPECT_EQ(list().size(), 2u);
}

// ---- re-entry

TEST_F(Timers, DestroyingAPayloadMayEraseOthers) {
  std::vector<FixedTimerKey> keys;
  for (uint64_t i = 0; i < 100; ++i) keys.push_back(fixed(Duration(i * 1'000'000), i));
  host.on_drop = [&](uint64_t id) {
    EXPECT_EQ(id + 1 < keys.size() && queue.erase(keys[id + 1]), id + 1 < keys.size());
    EXPECT_FALSE(queue.erase(keys[id]));
  };
  EXPECT_TRUE(queue.erase(keys[0]));
  EXPECT_EQ(host.dropped.size(), 100u);
  EXPECT_EQ(queue.size(), 0u);
}

TEST_F(Timers, ClearTakesWhatDestructionAdds) {
  int left = 50;
  host.on_drop = [&](uint64_t) {
    if (--left > 0) fixed(1s, 1);
    queue.trim();
  };
  for (uint64_t i = 0; i < 10; ++i) fixed(1s, i);
  queue.clear();
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(host.dropped.size(), 59u);
}

TEST_F(Timers, ASlotIsNotReusedWhileItsPayloadIsDestroyed) {
  const FixedTimerKey key = fixed(1s, 1);
  FixedTimerKey other;
  host.on_drop = [&](uint64_t) { other = fixed(1s, 2); };
  queue.erase(key);
  EXPECT_NE(TimerQueueProbe::slot(key), TimerQueueProbe::slot(other));
  host.on_drop = nullptr;
  EXPECT_EQ(advance(1s), Ids{2});
}

TEST_F(Timers, AStepMayChangeTheTimersThatAreDueWithIt) {
  for (const uint64_t count : {10u, 500u}) {
    for (const bool same_time : {true, false}) {
      std::vector<FixedTimerKey> keys;
      for (uint64_t i = 0; i < count; ++i)
        keys.push_back(fixed(same_time ? 5s : 5s + Duration(i), i));
      const MaxTimerKey pushed = max(6s, count);
      const MinTimerKey pulled = min(6s, count + 1);
      host.on_fire = [&](uint64_t id) {
        if (id >= count) return;
        EXPECT_FALSE(queue.is_active(keys[id]));
        EXPECT_FALSE(queue.erase(keys[id]));
        const bool erases = id % 3 == 0 && id + 1 < count;
        EXPECT_EQ(erases && queue.erase(keys[id + 1]), erases);
        EXPECT_TRUE(queue.update_max(pushed, now + 60s));
        EXPECT_TRUE(queue.update_min(pulled, now, now));
        queue.trim();
      };
      Ids expected;
      for (uint64_t i = 0; i < count; ++i) {
        if (i % 3 != 1) expected.push_back(i);
      }
      expected.push_back(count + 1);
      EXPECT_EQ(advance(10s), expected);
      EXPECT_EQ(queue.next_expiry(), now + 60s);
      EXPECT_EQ(advance(60s), Ids{count});
      EXPECT_EQ(queue.size(), 0u);
    }
  }
}

TEST_F(Timers, AMaxTimerThatIsPushedOnAmongThoseThatAreDueKeepsTheOrder) {
  const MaxTimerKey pushed = max(5s, 1);
  fixed(6s, 2);
  const MaxTimerKey tied = max(5s, 3);
  fixed(8s, 4);
  fixed(9s, 5);
  host.room = 0;
  EXPECT_EQ(advance(10s), Ids{});
  EXPECT_TRUE(queue.update_max(pushed, start + 8s));
  EXPECT_TRUE(queue.update_max(tied, start + 10s));
  host.room = Host::all;
  EXPECT_EQ(advance(0s), (Ids{2, 1, 4, 5, 3}));
  EXPECT_EQ(queue.size(), 0u);
}

// All pairs of times within one bucket's span, and over its end.
TEST_F(Timers, AStepThatPushesAMaxTimerOnAmongThoseThatAreDueKeepsTheOrder) {
  for (int to = 2; to <= 150; ++to) {
    now = Instant{};
    TimerQueue other(now);
    MaxTimerKey pushed;
    std::set<std::pair<int, uint64_t>> expected;
    for (int at = 1; at <= 150; ++at) {
      const auto id = static_cast<uint64_t>(at);
      if (at == 66) pushed = other.add_max(now + Duration(at), now, fill(host, id));
      if (at != 66) other.add_fixed(now + Duration(at), now, fill(host, id));
      expected.emplace(at == 66 ? std::max(at, to) : at, id);
    }
    host.on_fire = [&](uint64_t id) {
      if (id == 65) {
        EXPECT_TRUE(other.update_max(pushed, now + Duration(to)));
      }
    };
    other.advance(now + 1s, host.core());
    Ids ids;
    for (const auto& [at, id] : expected) ids.push_back(id);
    EXPECT_EQ(host.take(), ids) << to;
  }
}

TEST_F(Timers, AStepMayTrimAndList) {
  fixed(1s, 1);
  host.on_fire = [&](uint64_t) {
    queue.trim();
    EXPECT_TRUE(list().empty());
    EXPECT_EQ(queue.next_expiry(), std::nullopt);
  };
  EXPECT_EQ(advance(1s), Ids{1});
  queue.trim();
  EXPECT_EQ(queue.memory(), 0u);
}

TEST_F(Timers, AStepMayClear) {
  for (const uint64_t count : {10u, 500u}) {
    for (uint64_t i = 0; i < count; ++i) fixed(5s, i);
    fixed(60s, count);
    host.on_fire = [&](uint64_t id) {
      if (id == 2) queue.clear();
      if (id == 2) fixed(1s, count + 1);
    };
    EXPECT_EQ(advance(10s), (Ids{0, 1, 2}));
    EXPECT_EQ(queue.size(), 1u);
    EXPECT_EQ(host.dropped.size(), count - 2);
    host.dropped.clear();
    EXPECT_EQ(advance(10s), Ids{count + 1});
  }
}

TEST_F(Timers, AStepThatClearsAndHasNoMemoryKeepsItsTimer) {
  for (uint64_t i = 0; i < 4; ++i) fixed(5s, i);
  host.room = 0;
  host.on_fire = [&](uint64_t) { queue.clear(); };
  EXPECT_EQ(advance(10s), Ids{});
  EXPECT_EQ(queue.size(), 1u);
  host.room = 10;
  host.on_fire = nullptr;
  EXPECT_EQ(advance(0s), Ids{0});
  EXPECT_EQ(host.dropped.size(), 3u);
}

using TimersDeath = Timers;
TEST_F(TimersDeath, AStepMayNotAdvance) {
  fixed(1s, 1);
  host.on_fire = [&](uint64_t) { queue.advance(now, host.core()); };
  EXPECT_DEATH(advance(2s), "advanced from inside");
}

// ---- against a model

TEST(TimersModel, AgreeWithAPlainModel) {
  for (uint64_t run = 0; run < 40; ++run) {
    troupe_test::again() = "TROUPE_SEED=" + std::to_string(seed() + run);
    troupe_test::Dice dice(seed() + run);
    const Instant begins[] = {start, Instant(0ns), Instant(-1h), Instant::min() + 1h};
    troupe_test::TimerModel model(dice, begins[(seed() + run) % 4]);
    for (int i = 0; i < 3000 && model.step(); ++i) {}
  }
  troupe_test::again().clear();
}

TEST_F(Timers, RandomFixedTimersFireExactlyAndInOrder) {
  SCOPED_TRACE(troupe_test::seed_text());
  std::mt19937_64 random(seed());
  std::multimap<Instant, uint64_t> model;
  for (uint64_t i = 0; i < 50'000; ++i) {
    const Duration in(random() % 417'600'000'000'000);  // 116 h
    fixed(in, i);
    model.emplace(now + in, i);
  }
  std::size_t total = 0;
  while (!model.empty()) {
    now += Duration(random() % 200'000'000'000);
    queue.advance(now, host.core());
    Ids expected;
    while (!model.empty() && model.begin()->first <= now) {
      expected.push_back(model.begin()->second);
      model.erase(model.begin());
    }
    total += expected.size();
    ASSERT_EQ(host.take(), expected);
    const auto next = model.empty() ? std::nullopt : std::optional(model.begin()->first);
    ASSERT_EQ(queue.next_expiry(), next);
  }
  EXPECT_EQ(total, 50'000u);
}

}  // namespace timer_queue_test
}  // namespace troupe
