// tests/respd/table_test.cpp: the hash table against a model, its scan's promise, and patterns.
#include "redis/table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>

#include "redis/glob.hpp"
#include "seed.hpp"

namespace {

using respd::glob_match;
using respd::Random;
using Numbers = respd::Table<int>;

std::string name(std::uint64_t n) { return "key:" + std::to_string(n); }

TEST(Table, DoesWhatAMapDoes) {
  const std::uint64_t seed = respd_test::seed();
  SCOPED_TRACE(respd_test::seed_note(seed));
  Random random(seed);
  Numbers table(seed);
  std::map<std::string, int> model;
  for (int round = 0; round < 200000; ++round) {
    // The range of keys swings, so that the table grows and shrinks several times.
    const std::uint64_t range = (round / 20000) % 2 == 0 ? 20000 : 40;
    const std::string key = name(random.below(range));
    const std::uint64_t what = random.below(3);
    if (what == 0) {
      const auto [node, made] = table.insert(key);
      ASSERT_EQ(made, model.insert_or_assign(key, round).second);
      node->value = round;
    } else if (what == 1) {
      const auto at = model.find(key);
      Numbers::Node* const node = table.find(key);
      ASSERT_EQ(node != nullptr, at != model.end());
      if (node != nullptr) {
        ASSERT_EQ(node->value, at->second);
      }
    } else {
      ASSERT_EQ(table.erase(key), model.erase(key) != 0);
    }
    if (range == 40 && !model.empty()) {
      ASSERT_TRUE(table.erase(model.begin()->first));
      model.erase(model.begin());
    }
    ASSERT_EQ(table.size(), model.size());
  }
  std::map<std::string, int> seen;
  table.for_each(
      [&](Numbers::Node& node) { ASSERT_TRUE(seen.emplace(node.key(), node.value).second); });
  EXPECT_EQ(seen, model);
}

TEST(Table, NodesStayWhereTheyAre) {
  Numbers table(1);
  Numbers::Node* const first = table.insert("first").first;
  for (std::uint64_t i = 0; i < 10000; ++i) table.insert(name(i));
  for (std::uint64_t i = 0; i < 10000; ++i) table.erase(name(i));
  EXPECT_EQ(table.find("first"), first);
  EXPECT_EQ(first->key(), "first");
}

TEST(Table, KeysOfEveryLengthAreDifferent) {
  Numbers table(7);
  for (std::size_t size = 0; size < 200; ++size) {
    const auto [node, made] = table.insert(std::string(size, 'x'));
    ASSERT_TRUE(made);
    node->value = static_cast<int>(size);
  }
  for (std::size_t size = 0; size < 200; ++size) {
    ASSERT_EQ(table.find(std::string(size, 'x'))->value, static_cast<int>(size));
  }
  EXPECT_TRUE(table.insert(std::string_view("a\0b", 3)).second);
  EXPECT_EQ(table.find("a"), nullptr);
}

TEST(Table, HashesDependOnEveryByteAndTheSeed) {
  for (std::size_t size = 1; size < 70; ++size) {
    std::string text(size, 'a');
    const std::uint64_t plain = respd::hash_bytes(text, 1);
    EXPECT_NE(plain, respd::hash_bytes(text, 2));
    for (char& c : text) {
      c = 'b';
      EXPECT_NE(plain, respd::hash_bytes(text, 1));
      c = 'a';
    }
  }
}

TEST(Table, MovesAndSwapsContents) {
  Numbers a(1);
  Numbers b(2);
  for (std::uint64_t i = 0; i < 100; ++i) a.insert(name(i));
  b.insert("only");
  a.swap(b);
  EXPECT_EQ(a.size(), 1U);
  EXPECT_NE(b.find(name(50)), nullptr);
  Numbers c(std::move(b));
  EXPECT_EQ(c.size(), 100U);
  a = std::move(c);
  EXPECT_NE(a.find(name(99)), nullptr);
  EXPECT_EQ(a.find("only"), nullptr);
  a.clear();
  EXPECT_TRUE(a.empty());
  EXPECT_EQ(a.find(name(99)), nullptr);
}

// Walks the table in steps while `disturb` changes it between them; returns what was seen.
template <class Disturb> std::set<std::string> scan_all(Numbers& table, Disturb disturb) {
  std::set<std::string> seen;
  std::uint64_t cursor = 0;
  int steps = 0;
  do {
    cursor = table.scan(cursor, 3, [&seen](Numbers::Node& node) { seen.emplace(node.key()); });
    disturb();
  } while (cursor != 0 && ++steps < 1000000);
  EXPECT_LT(steps, 1000000);
  return seen;
}

TEST(Table, AScanSeesAllThatStays) {
  const std::uint64_t seed = respd_test::seed();
  SCOPED_TRACE(respd_test::seed_note(seed));
  Random random(seed);
  for (int round = 0; round < 60; ++round) {
    Numbers table(random.next());
    std::set<std::string> stays;
    const std::uint64_t kept = random.below(300);
    for (std::uint64_t i = 0; i < kept; ++i) stays.insert("stays:" + std::to_string(i));
    for (const std::string& key : stays) table.insert(key);
    // Growing, shrinking, and both by turns.
    const std::uint64_t mode = random.below(3);
    std::uint64_t next = 0;
    std::uint64_t gone = 0;
    if (mode == 1) {
      while (next < 5000) table.insert(name(next++));
    }
    const auto disturb = [&] {
      for (std::uint64_t n = random.below(100); n != 0; --n) {
        const bool grow = mode == 0 || (mode == 2 && random.below(2) == 0);
        if (grow && next < 20000) table.insert(name(next++));
        if (!grow && gone < next) table.erase(name(gone++));
      }
    };
    const std::set<std::string> seen = scan_all(table, disturb);
    for (const std::string& key : stays) ASSERT_TRUE(seen.contains(key)) << key;
  }
}

TEST(Table, AScanOfAQuietTableSeesEachElementOnce) {
  Numbers table(3);
  for (std::uint64_t i = 0; i < 1000; ++i) table.insert(name(i));
  std::size_t visits = 0;
  std::uint64_t cursor = 0;
  do {
    cursor = table.scan(cursor, 10, [&visits](Numbers::Node&) { ++visits; });
  } while (cursor != 0);
  EXPECT_EQ(visits, 1000U);
}

// Pearson's statistic of draws that should be equally frequent, for `kinds - 1` degrees of freedom.
// The bound in terms of the normal distribution (Wilson, Hilferty) that one in a million exceeds.
double chi_squared(const std::map<std::string, int>& drawn, std::size_t kinds, int draws) {
  const double expected = static_cast<double>(draws) / static_cast<double>(kinds);
  double sum = static_cast<double>(kinds - drawn.size()) * expected;
  for (const auto& [_, count] : drawn) sum += (count - expected) * (count - expected) / expected;
  return sum;
}
double chi_squared_bound(std::size_t kinds) {
  const double freedom = static_cast<double>(kinds - 1);
  const double part = 2 / (9 * freedom);
  return freedom * std::pow(1 - part + 4.75 * std::sqrt(part), 3);
}

// Whatever has happened to the table before, each element is as likely as the others.
TEST(Table, RandomElementsAreUniform) {
  const std::uint64_t seed = respd_test::seed();
  SCOPED_TRACE(respd_test::seed_note(seed));
  Random random(seed);
  EXPECT_EQ(Numbers(5).random(random), nullptr);
  for (const std::size_t kinds : {2U, 8U, 9U, 50U, 1000U}) {
    for (const std::size_t erased : {0U, 3000U}) {
      Numbers table(seed);
      for (std::uint64_t i = 0; i < erased + kinds; ++i) table.insert(name(i));
      for (std::uint64_t i = 0; i < erased; ++i) table.erase(name(i));
      const int draws = static_cast<int>(kinds) * 500;
      std::map<std::string, int> drawn;
      for (int i = 0; i < draws; ++i) ++drawn[std::string(table.random(random)->key())];
      EXPECT_LT(chi_squared(drawn, kinds, draws), chi_squared_bound(kinds)) << kinds;
    }
  }
}

TEST(Glob, Matches) {
  for (const auto& [pattern, text] :
       std::initializer_list<std::pair<const char*, const char*>>{{"", ""},
                                                                  {"*", ""},
                                                                  {"*", "abc"},
                                                                  {"a*", "a"},
                                                                  {"a*c", "abbbc"},
                                                                  {"?", "x"},
                                                                  {"h[ae]llo", "hello"},
                                                                  {"h[^e]llo", "hallo"},
                                                                  {"[a-c]", "b"},
                                                                  {"[c-a]", "b"},
                                                                  {"\\*", "*"},
                                                                  {"[\\]]", "]"},
                                                                  {"*a*b*c", "xxaxxbxxc"},
                                                                  {"[a", "a"},
                                                                  {"a\\", "a\\"},
                                                                  {"**?**", "z"},
                                                                  {"[^]x", "ax"},
                                                                  {"h[a-", "ha"}}) {
    EXPECT_TRUE(glob_match(pattern, text)) << pattern << " " << text;
  }
}

TEST(Glob, DoesNotMatch) {
  for (const auto& [pattern, text] :
       std::initializer_list<std::pair<const char*, const char*>>{{"", "a"},
                                                                  {"a", ""},
                                                                  {"?", ""},
                                                                  {"a*c", "ab"},
                                                                  {"[a-c]", "d"},
                                                                  {"[^a-c]", "b"},
                                                                  {"\\*", "x"},
                                                                  {"abc", "ABC"},
                                                                  {"[]a", "a"},
                                                                  {"[a-]", "-"},
                                                                  {"h?llo", "hllo"},
                                                                  {"*a", "b"},
                                                                  {"a?", "a"}}) {
    EXPECT_FALSE(glob_match(pattern, text)) << pattern << " " << text;
  }
}

TEST(Glob, IgnoresCaseWhereAsked) {
  EXPECT_TRUE(glob_match("SAVE", "save", true));
  EXPECT_TRUE(glob_match("[A-C]x", "bX", true));
  EXPECT_FALSE(glob_match("SAVE", "save", false));
}

TEST(Glob, IsNeverExponential) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  EXPECT_FALSE(glob_match(pattern + "b", std::string(2000, 'a')));
}

}  // namespace
