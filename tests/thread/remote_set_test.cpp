// thread/remote_set_test.cpp: which actor of a set a key belongs to, and stays with; turns; and
// calls of a set's actors.
#include <troupe/thread/remote_set.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread/ensemble.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace remote_set_test {

using troupe_test::say;
using troupe_test::told;

struct Store {
  explicit Store(int n) : number(n) {}
  void set(int key) { say(std::to_string(number) + ":", key); }
  int number_of(int) { return number; }
  void hand(Cx<Store>&, RemoteSet<Store> all, int key) { call<&Store::set>(all.by_key(key), key); }
  int number;
};
enum class Colour : std::uint8_t { red = 3 };

static_assert(Sendable<RemoteSet<Store>> && Sendable<std::vector<RemoteSet<Store>>>);
static_assert(sizeof(RemoteSet<Store>) <= 40);

// Numbers that must never change, on no platform.
static_assert(detail::mixed(1) == 0x5692161d100b05e5);
static_assert(detail::hash_number(1, 0) == 0x9e0160293a33aaf7);
static_assert(detail::hash_number(1, 7) == 0x524257c04fcf117);
static_assert(detail::jump_hash(1, 1) == 0 && detail::jump_hash(42, 57) == 43 &&
              detail::jump_hash(0xDEAD10CC, 666) == 361 && detail::jump_hash(256, 1024) == 520);

class RemoteSetTest : public troupe_test::BalancedTest {
 protected:
  static constexpr unsigned runtimes = 3;
  RemoteSetTest() {
    std::vector<Remote<Store>> all;
    for (unsigned i = 0; i != runtimes; ++i) {
      rt_[i].emplace();
      all_.seat(i, *rt_[i]);
      store_[i] = make_actor<Store>(*rt_[i], ret_nop, static_cast<int>(i));
      rt_[i]->run();
      all.push_back(remote(store_[i]));
    }
    set_ = RemoteSet<Store>(std::move(all));
  }
  void TearDown() override {
    set_ = {};
    for (unsigned i = 0; i != runtimes; ++i) store_[i] = {};
    for (auto& rt : rt_) rt.reset();
    BalancedTest::TearDown();
  }
  template <class F> void in(unsigned i, F f) {
    defer(*rt_[i], [](F body) { body(); }, unsafe_capture(std::move(f)));
    all();
  }
  void all() {
    for (int n = 0; n != 8; ++n)
      for (auto& rt : rt_) rt->run();
  }
  RemoteSet<Store> of_size(std::size_t n, std::uint64_t seed = 0) {
    return RemoteSet<Store>(std::vector<Remote<Store>>(n, set_[0]), seed);
  }
  Ensemble all_{runtimes};
  std::array<std::optional<Runtime>, runtimes> rt_;
  std::array<ActorOwn<Store>, runtimes> store_;
  RemoteSet<Store> set_;
};

TEST_F(RemoteSetTest, AKeyBelongsToOneActorWhoeverAsks) {
  std::string expected;
  for (int key = 0; key != 20; ++key)
    expected += (key ? " " : "") + std::to_string(set_.index_of(key)) + ":" + std::to_string(key);
  for (unsigned from = 0; from != runtimes; ++from) {
    std::vector<std::string> words;
    in(from, [set = set_] {
      for (int key = 0; key != 20; ++key) call<&Store::set>(set.by_key(key), key);
    });
    std::string line = told();
    for (std::size_t at = 0; at < line.size();) {
      const std::size_t next = std::min(line.find(' ', at), line.size());
      words.push_back(line.substr(at, next - at));
      at = next + 1;
    }
    std::sort(words.begin(), words.end(), [](const std::string& a, const std::string& b) {
      return std::stoi(a.substr(2)) < std::stoi(b.substr(2));
    });
    line.clear();
    for (const std::string& w : words) line.append(line.empty() ? "" : " ").append(w);
    EXPECT_EQ(line, expected);
  }
}

TEST_F(RemoteSetTest, AKeyIsItsValueOrItsBytes) {
  const RemoteSet<Store> set = of_size(1000);
  EXPECT_EQ(set.index_of(3), set.index_of(std::uint64_t{3}));
  EXPECT_EQ(set.index_of(3), set.index_of(Colour::red));
  EXPECT_EQ(set.index_of(-3), set.index_of(std::int64_t{-3}));
  const std::string text = "the colour of a light";
  std::array<std::byte, 21> bytes{};
  ASSERT_EQ(text.size(), bytes.size());
  std::transform(text.begin(), text.end(), bytes.begin(), [](char c) { return std::byte(c); });
  EXPECT_EQ(set.index_of(text), set.index_of("the colour of a light"));
  EXPECT_EQ(set.index_of(text), set.index_of(std::string_view(text)));
  EXPECT_EQ(set.index_of(text), set.index_of(bytes));
  EXPECT_EQ(set.index_of(text), set.index_of(std::vector<std::byte>(bytes.begin(), bytes.end())));
  const std::string padded("a\0", 2);  // a word is filled with zeros
  EXPECT_NE(detail::hash_key("a", 0), detail::hash_key(padded, 0));
}

// What a program on another machine computes.
TEST_F(RemoteSetTest, TheHashIsTheSameEverywhere) {
  EXPECT_EQ(detail::hash_key("", 0), 0x48218226ff3cd4bfu);
  EXPECT_EQ(detail::hash_key("colour", 0), 0xff30344e4eee8a44u);
  EXPECT_EQ(detail::hash_key("eight by", 0), 0x34d3c582e81f6bf3u);
  EXPECT_EQ(detail::hash_key("more than eight bytes", 1), 0xbaf06cacf8f9a2b1u);
  const RemoteSet<Store> set = of_size(10);
  std::string places;
  for (const char* key : {"a", "b", "c", "user:1", "user:2", "user:3"})
    places += std::to_string(set.index_of(key));
  EXPECT_EQ(places, "227346");
}

TEST_F(RemoteSetTest, GrowthMovesItsShareAndOnlyToTheNewOne) {
  constexpr std::size_t keys = 20000;
  for (std::size_t n = 1; n != 40; ++n) {
    SCOPED_TRACE(n);
    const RemoteSet<Store> before = of_size(n), after = before.with(set_[1]);
    ASSERT_EQ(after.size(), n + 1);
    std::size_t moved = 0;
    for (std::size_t k = 0; k != keys; ++k) {
      const std::string key = "key:" + std::to_string(k);
      const std::size_t old_place = before.index_of(key), place = after.index_of(key);
      if (place == old_place) continue;
      ++moved;
      ASSERT_EQ(place, n);
    }
    const double share = static_cast<double>(keys) / static_cast<double>(n + 1);
    EXPECT_NEAR(static_cast<double>(moved), share, share * 0.2);
  }
}

TEST_F(RemoteSetTest, KeysSpreadEvenly) {
  for (const std::uint64_t seed : {0u, 1u}) {
    const RemoteSet<Store> set = of_size(16, seed);
    std::array<int, 16> numbers{}, texts{};
    for (int k = 0; k != 16000; ++k) {
      ++numbers[set.index_of(k * 64)];
      ++texts[set.index_of(std::to_string(k))];
    }
    for (const int n : numbers) EXPECT_NEAR(n, 1000, 160);
    for (const int n : texts) EXPECT_NEAR(n, 1000, 160);
  }
}

TEST_F(RemoteSetTest, ASeedPlacesThemOtherwise) {
  const RemoteSet<Store> set = of_size(16), seeded = of_size(16, 99), same = of_size(16, 99);
  int stay = 0;
  for (int k = 0; k != 1600; ++k) {
    stay += set.index_of(k) == seeded.index_of(k);
    ASSERT_EQ(seeded.index_of(k), same.index_of(k));
    ASSERT_EQ(seeded.with(set_[1]).replaced(3, set_[2]).index_of("k"),
              same.with(set_[2]).index_of("k"));
  }
  EXPECT_NEAR(stay, 100, 50);
}

TEST_F(RemoteSetTest, NextGoesRound) {
  in(0, [set = set_]() mutable {
    RemoteSet<Store> copy = set;
    for (int n = 0; n != 4; ++n) call<&Store::set>(set.next(), n);
    copy.begin_at(8);
    call<&Store::set>(copy.next(), 8);
    call<&Store::set>(RemoteSet<Store>(set).next(), 9);  // a copy goes on where it stood
    call<&Store::set>(set.next(), 10);
  });
  EXPECT_EQ(told(), "0:0 0:3 1:1 1:9 1:10 2:2 2:8");
}

Task<> asks(Core&, RemoteSet<Store> set) {
  for (int n = 0; n != 4; ++n) {
    const int number = co_await ask<&Store::number_of>(set.next(), n);
    say("=", number);
  }
  const int by_key = co_await ask<&Store::number_of>(set.by_key("k"), 0);
  say(by_key == static_cast<int>(set.index_of("k")) ? "same" : "other");
  for (const Remote<Store>& each : set) call<&Store::set>(each, 7);
}
TEST_F(RemoteSetTest, IsAskedAndFansOut) {
  spawn(*rt_[1], asks, ret_nop, set_);
  all();
  EXPECT_EQ(told(), "=0 =1 =2 =0 same 1:7 2:7 0:7");
}

TEST_F(RemoteSetTest, TravelsInACall) {
  in(0, [set = set_] { call<&Store::hand>(set[1], set, 5); });
  EXPECT_EQ(told(), std::to_string(set_.index_of(5)) + ":5");
}

TEST_F(RemoteSetTest, ReplacedGivesThePlaceToAnother) {
  store_[1] = {};
  store_[1] = make_actor<Store>(*rt_[1], ret_nop, 8);
  all();
  const RemoteSet<Store> set = set_.replaced(1, remote(store_[1]));
  in(0, [set] {
    for (const Remote<Store>& each : set) call<&Store::set>(each, 0);
  });
  EXPECT_EQ(told(), "0:0 8:0 2:0");
  EXPECT_EQ(set_.size(), 3u);
}

TEST_F(RemoteSetTest, LetsItsActorsGo) {
  RemoteSet<Store> copy = set_;
  set_ = {};
  EXPECT_TRUE(set_.empty());
  EXPECT_EQ(set_.begin(), set_.end());
  EXPECT_EQ(copy.size(), 3u);
  EXPECT_EQ(std::as_const(copy)[2].runtime(), 2u);
}

using RemoteSetDeathTest = RemoteSetTest;
TEST_F(RemoteSetDeathTest, AnEmptyOneHasNobody) {
  RemoteSet<Store> none;
  EXPECT_DEATH((void)none.by_key(1), "an empty RemoteSet has nobody to call");
  EXPECT_DEATH((void)none.next(), "an empty RemoteSet has nobody to call");
  EXPECT_DEATH((void)none[0], "a RemoteSet has no such element");
  EXPECT_DEATH((void)set_.replaced(3, set_[0]), "a RemoteSet has no such element");
  EXPECT_DEATH((void)none.with({}), "a RemoteSet of a Remote that names nothing");
}

}  // namespace remote_set_test
}  // namespace troupe
