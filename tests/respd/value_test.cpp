// tests/respd/value_test.cpp: texts, values and sorted sets against models, and freeing in steps.
#include "redis/value.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "redis/remains.hpp"
#include "seed.hpp"

namespace {

using respd::Random;
using respd::SortedSet;
using respd::Text;
using respd::Value;
using respd_test::integer;
using respd_test::ok;
using respd_test::Session;

TEST(Text, DoesWhatAStringDoes) {
  const std::uint64_t seed = respd_test::seed();
  SCOPED_TRACE(respd_test::seed_note(seed));
  Random random(seed);
  Text text;
  std::string model;
  for (int round = 0; round < 50000; ++round) {
    const std::uint64_t range = random.below(4) == 0 ? 3000 : 24;
    const std::string bytes(random.below(range), static_cast<char>('a' + random.below(26)));
    switch (random.below(5)) {
      case 0:
        text.assign(bytes);
        model = bytes;
        break;
      case 1:
        if (model.size() > 100000) break;
        text.append(bytes);
        model += bytes;
        break;
      case 2: {
        const auto at = static_cast<std::size_t>(random.below(model.size() + 40));
        text.write(at, bytes);
        if (model.size() < at + bytes.size()) model.resize(at + bytes.size());
        model.replace(at, bytes.size(), bytes);
        break;
      }
      case 3: {
        Text other(text);
        Text moved(std::move(text));
        ASSERT_EQ(moved.view(), other.view());
        text = std::move(other);
        break;
      }
      default:
        text = Text(text);
    }
    ASSERT_EQ(text.view(), model);
    ASSERT_EQ(text.size(), model.size());
    ASSERT_TRUE(text.size() <= 15 || text.block_size() >= text.size());
  }
}

TEST(Text, AppendingIsAmortized) {
  Text text;
  std::size_t blocks = 0;
  for (std::size_t before = 0; text.size() < 1'000'000; before = text.block_size()) {
    text.append("x");
    blocks += text.block_size() != before ? 1 : 0;
  }
  EXPECT_LT(blocks, 60U);
}

TEST(Text, KeepsNoBlockThatIsMuchTooLarge) {
  Text text(std::string(100000, 'x'));
  text.assign(std::string(60000, 'y'));
  EXPECT_GE(text.block_size(), 99000U);
  text.assign(std::string(1000, 'z'));
  EXPECT_EQ(text.block_size(), 1000U);
  text.assign("short");
  EXPECT_EQ(text.block_size(), 0U);
  EXPECT_EQ(text.view(), "short");
}

TEST(Value, IsOneThingAtATime) {
  static_assert(sizeof(Value) == 16);
  static_assert(sizeof(respd::Entry) == 24);
  Value value;
  EXPECT_EQ(value.type_name(), "string");
  EXPECT_EQ(value.text()->view(), "");
  value.make_number(-7);
  EXPECT_TRUE(value.is_string());
  EXPECT_EQ(value.text(), nullptr);
  EXPECT_EQ(value.number(), -7);
  value.make<respd::List>(1).emplace_back("x");
  EXPECT_EQ(value.type_name(), "list");
  EXPECT_FALSE(value.is_string());
  EXPECT_EQ(value.get<respd::Hash>(), nullptr);
  Value moved(std::move(value));
  EXPECT_EQ(moved.get<respd::List>()->size(), 1U);
  EXPECT_EQ(value.type_name(), "string");
  moved.make<respd::Set>(1).insert("m");
  EXPECT_EQ(moved.type_name(), "set");
  moved.make<SortedSet>(1).insert("m", 2);
  EXPECT_EQ(moved.type_name(), "zset");
  moved.make<respd::Hash>(1).insert("f");
  EXPECT_EQ(moved.type_name(), "hash");
  moved.make_text().assign("a text that is too long for the value itself");
  EXPECT_EQ(moved.text()->size(), 44U);
}

// Members by name and by rank, after each of many random changes.
TEST(SortedSet, DoesWhatAModelDoes) {
  const std::uint64_t seed = respd_test::seed();
  SCOPED_TRACE(respd_test::seed_note(seed));
  Random random(seed);
  SortedSet sorted(seed);
  std::map<std::string, double> scores;
  std::set<std::pair<double, std::string>> order;
  for (int round = 0; round < 20000; ++round) {
    const std::string name = "m" + std::to_string(random.below(300));
    const double score = static_cast<double>(random.below(40)) - 20;
    SortedSet::Node* const node = sorted.find(name);
    const auto known = scores.find(name);
    ASSERT_EQ(node != nullptr, known != scores.end());
    if (node == nullptr) {
      sorted.insert(name, score);
      scores[name] = score;
      order.emplace(score, name);
    } else if (random.below(2) == 0) {
      order.erase({known->second, name});
      order.emplace(score, name);
      known->second = score;
      sorted.set_score(*node, score);
    } else {
      order.erase({known->second, name});
      scores.erase(known);
      sorted.erase(*node);
    }
    ASSERT_EQ(sorted.size(), order.size());
    if (order.empty()) continue;
    const auto rank = static_cast<std::size_t>(random.below(order.size()));
    const auto at = std::next(order.begin(), static_cast<std::ptrdiff_t>(rank));
    ASSERT_EQ(sorted.at(rank).key(), at->second);
    ASSERT_EQ(sorted.at(rank).value.score, at->first);
    if (round % 50 != 0) continue;
    const auto count = static_cast<std::size_t>(random.below(order.size() - rank + 1));
    for (const bool reverse : {false, true}) {
      std::vector<std::string> seen;
      sorted.visit(rank, count, reverse,
                   [&](const SortedSet::Node& each) { seen.emplace_back(each.key()); });
      std::vector<std::string> all;
      for (const auto& [_, member] : order) all.push_back(member);
      if (reverse) std::reverse(all.begin(), all.end());
      const auto first = all.begin() + static_cast<std::ptrdiff_t>(rank);
      ASSERT_EQ(seen, std::vector<std::string>(first, first + static_cast<std::ptrdiff_t>(count)));
    }
  }
}

// Whatever removes a large value leaves it to be freed later, and all of it is freed in the end.
TEST(Remains, TakeWhatIsLargeFromEveryCommandThatRemoves) {
  for (const char* const fill : {"RPUSH k", "SADD k", "HSET k", "ZADD k"}) {
    for (const char* const remove :
         {"DEL k", "UNLINK k", "SET k v", "GETSET other v", "SETEX k 10 v", "PSETEX k 10 v",
          "MSET a 1 k v", "SET k v EX 10", "RENAME other k", "COPY other k REPLACE", "FLUSHDB",
          "FLUSHALL", "FLUSHALL ASYNC", "EXPIRE k 0", "PEXPIREAT k 1", "LTRIM k 5 4"}) {
      Session run;
      run("SET other v");
      for (int i = 0; i < 1000; ++i) {
        const std::string n = std::to_string(i);
        const std::string_view word(fill);
        run(word.starts_with("H")   ? word.data() + (" f" + n) + " v"
            : word.starts_with("Z") ? word.data() + (" " + n + " m" + n)
                                    : word.data() + (" m" + n));
      }
      ASSERT_TRUE(run.store.keyspace.remains.empty()) << fill;
      const std::string answer = run(remove);
      const bool removes = answer[0] != '-' && std::string_view(remove) != "GETSET other v";
      EXPECT_EQ(!run.store.keyspace.remains.empty(), removes) << fill << ", " << remove << answer;
      std::size_t freed = 0;
      for (std::size_t some = 1; some != 0; freed += some) {
        some = run.store.keyspace.remains.release(100);
        EXPECT_LE(some, 100U);
      }
      EXPECT_EQ(freed >= 1000U, removes) << fill << ", " << remove;
      EXPECT_TRUE(run.store.keyspace.remains.empty());
      EXPECT_EQ(run.store.keyspace.remains.elements(), 0U);
    }
  }
}

TEST(Remains, TakeWhatExpires) {
  Session run;
  for (int i = 0; i < 1000; ++i) run("RPUSH k x");
  run("PEXPIRE k 1");
  run.now += std::chrono::milliseconds(5);
  EXPECT_EQ(run("GET k"), respd_test::null);
  EXPECT_EQ(run.store.keyspace.remains.elements(), 1000U);
  for (int i = 0; i < 1000; ++i) run("RPUSH k x");
  run("PEXPIRE k 1");
  run.now += std::chrono::milliseconds(5);
  EXPECT_EQ(run.store.expire_due(run.now, 10), 1U);
  EXPECT_EQ(run.store.keyspace.remains.elements(), 2000U);
  for (int i = 0; i < 1000; ++i) run("RPUSH k x");
  run("PEXPIRE k 1");
  run.now += std::chrono::milliseconds(5);
  EXPECT_EQ(run("SADD k m"), integer(1));
  EXPECT_EQ(run.store.keyspace.remains.elements(), 3000U);
}

TEST(Remains, OfADatabaseFreeTheLargeValuesInItInSteps) {
  Session run;
  for (int i = 0; i < 500; ++i) run("SET small" + std::to_string(i) + " v");
  for (int i = 0; i < 5000; ++i) run("SADD large m" + std::to_string(i));
  EXPECT_EQ(run("FLUSHALL"), ok);
  EXPECT_EQ(run("DBSIZE"), integer(0));
  std::size_t freed = 0;
  for (std::size_t some = 1; some != 0; freed += some) {
    some = run.store.keyspace.remains.release(100);
    EXPECT_LE(some, 100U + respd::Remains::freed_at_once);
  }
  EXPECT_EQ(freed, 5501U);
  EXPECT_TRUE(run.store.keyspace.remains.empty());
}

}  // namespace
