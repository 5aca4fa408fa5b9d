// tests/respd/complexity_test.cpp: each command takes no more steps than Redis' documentation says.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "commands.hpp"
#include "redis/steps.hpp"

namespace {

using respd_test::Session;

constexpr std::size_t size = 20'000;  // elements of each large value, and keys
constexpr std::size_t few = 50;       // elements of each small one

// What a command may cost, in steps. An access may move 32 places of an index, and most commands
// make two or three; a bound of `size` steps is far off all of these.
constexpr std::uint64_t constant = 400;
std::uint64_t logarithmic() { return constant + static_cast<std::uint64_t>(16 * std::log2(size)); }
std::uint64_t linear(std::uint64_t elements) { return constant + 10 * elements; }
std::uint64_t log_and(std::uint64_t elements) {
  return logarithmic() + elements * static_cast<std::uint64_t>(16 * std::log2(size));
}

struct Row {
  std::string_view line;
  std::uint64_t most;
  int times = 20;  // on the same data, one after the other
};

// By command, as https://redis.io/commands tells them; O(1) and O(log n) may both be logarithmic
// where the expiry heap is touched, which Redis does not keep in order. Keys: large L(ist), H(ash),
// S(et), Z (sorted set), X (a long string); small ones in lower case; n a number, v a string.
std::vector<Row> rows() {
  return {
      // strings
      {"APPEND X more", constant},
      {"APPEND v more", constant},
      {"DECR n", constant},
      {"DECRBY n 2", constant},
      {"GET X", constant},
      {"GETDEL v", constant},
      {"GETDEL X", constant},
      {"GETEX v EX 10", logarithmic()},
      {"GETRANGE X 10 20", constant},
      {"GETSET v w", constant},
      {"INCR n", constant},
      {"INCRBY n 2", constant},
      {"MGET v n v n v n v n v n", linear(10)},
      {"MSET v 1 n 1 a 1 b 1 c 1", linear(5)},
      {"MSET L 1 H 1 S 1 Z 1", linear(4), 1},
      {"MSETNX p 1 q 1 r 1", linear(3)},
      {"PSETEX v 1000 w", logarithmic()},
      {"PSETEX L 1000 w", logarithmic(), 1},
      {"SET v w", constant},
      {"SET S w", constant, 1},
      {"SET Z w EX 100", logarithmic(), 1},
      {"SETEX v 10 w", logarithmic()},
      {"SETEX H 10 w", logarithmic(), 1},
      {"SETNX v w", constant},
      {"SETRANGE X 5 more", constant},
      {"STRLEN X", constant},
      {"SUBSTR X 10 20", constant},
      // keys
      {"COPY s t REPLACE", linear(few)},
      {"COPY S t REPLACE", linear(size)},
      {"COPY v L REPLACE", constant, 1},
      {"DBSIZE", constant},
      {"DEL L H S Z", linear(4), 1},
      {"EXISTS v n L H", linear(4)},
      {"FLUSHALL", constant, 1},
      {"FLUSHDB", constant, 1},
      {"KEYS nothing*", linear(size), 1},
      {"MOVE Z 3", constant, 1},
      {"OBJECT ENCODING L", constant},
      {"OBJECT REFCOUNT Z", constant},
      {"RANDOMKEY", constant},
      {"RENAME S L", constant, 1},
      {"RENAMENX S new", constant, 1},
      {"SCAN 0", constant},
      {"SCAN 0 COUNT 100", linear(100)},
      {"SCAN 10000 MATCH nothing COUNT 100", linear(100)},
      {"SWAPDB 0 1", constant},
      {"TOUCH v n L H", linear(4)},
      {"TYPE L", constant},
      {"UNLINK L H S Z", linear(4), 1},
      // expiry: a heap that is in order costs O(log n)
      {"EXPIRE v 10", logarithmic()},
      {"EXPIRE S -1", logarithmic(), 1},
      {"EXPIREAT v 9000000000", logarithmic()},
      {"EXPIRETIME v", constant},
      {"PERSIST key100", logarithmic()},
      {"PEXPIRE v 10", logarithmic()},
      {"PEXPIREAT v 9000000000000", logarithmic()},
      {"PEXPIRETIME v", constant},
      {"PTTL v", constant},
      {"TTL v", constant},
      // lists: Redis walks to an index, which is O(n); here it is O(1)
      {"BLPOP nothing L 0", constant},
      {"BRPOP L 0", constant},
      {"LINDEX L 10000", constant},
      {"LINSERT L BEFORE e10000 new", linear(size)},
      {"LINSERT L AFTER e3 new", linear(size)},
      {"LLEN L", constant},
      {"LMOVE L l LEFT RIGHT", constant},
      {"LPOP L", constant},
      {"LPOP L 20", linear(20)},
      {"LPUSH L a b c", linear(3)},
      {"LPUSHX L a b c", linear(3)},
      {"LRANGE L 10000 10020", linear(20)},
      {"LREM L 1 e5000", linear(size)},
      {"LSET L 10000 new", constant},
      {"LTRIM L 0 -2", constant},
      {"LTRIM L 5 -1", linear(5)},
      {"LTRIM L 1 0", constant, 1},
      {"RPOP L", constant},
      {"RPOP L 20", linear(20)},
      {"RPOPLPUSH L L", constant},
      {"RPUSH L a b c", linear(3)},
      {"RPUSHX L a b c", linear(3)},
      // hashes
      {"HDEL H f1 f2 f3", linear(3)},
      {"HEXISTS H f10000", constant},
      {"HGET H f10000", constant},
      {"HGETALL h", linear(few)},
      {"HINCRBY H n 1", constant},
      {"HKEYS h", linear(few)},
      {"HLEN H", constant},
      {"HMGET H f1 f2 f3", linear(3)},
      {"HMSET H g1 v g2 v g3 v", linear(3)},
      {"HSCAN H 0", constant},
      {"HSCAN H 0 COUNT 100", linear(100)},
      {"HSET H g v", constant},
      {"HSETNX H g2 v", constant},
      {"HSTRLEN H f10000", constant},
      {"HVALS h", linear(few)},
      // sets
      {"SADD S a b c", linear(3)},
      {"SCARD S", constant},
      {"SDIFF s S", linear(2 * few)},
      {"SDIFF S s S s s s s s s s s s", linear(2 * size + 10 * few)},
      {"SINTER S s", linear(2 * few)},
      {"SINTER s S S", linear(3 * few)},
      {"SINTER S S nothing", constant},
      {"SISMEMBER S m10000", constant},
      {"SMEMBERS s", linear(few)},
      {"SMISMEMBER S m1 m2 x", linear(3)},
      {"SMOVE S s m10000", constant},
      {"SPOP S", constant},
      {"SPOP S 20", linear(20)},
      {"SRANDMEMBER S", constant},
      {"SRANDMEMBER S 1", constant},
      {"SRANDMEMBER S 20", linear(20)},
      {"SRANDMEMBER S -20", linear(20)},
      {"SREM S m1 m2 m3", linear(3)},
      {"SSCAN S 0", constant},
      {"SSCAN S 0 COUNT 100", linear(100)},
      {"SUNION s s s", linear(3 * few)},
      // sorted sets
      {"ZADD Z 5000.5 new", logarithmic()},
      {"ZADD Z 7 e1 8 e2 9 e3", log_and(3)},
      {"ZCARD Z", constant},
      {"ZINCRBY Z 5000 e77", logarithmic()},
      {"ZPOPMAX Z", logarithmic()},
      {"ZPOPMAX Z 20", log_and(20)},
      {"ZPOPMIN Z", logarithmic()},
      {"ZPOPMIN Z 20", log_and(20)},
      {"ZRANGE Z 10000 10010", logarithmic() + linear(10)},
      {"ZRANGE Z -3 -1 WITHSCORES", logarithmic() + linear(3)},
      {"ZRANGE Z 10000 10010 REV", logarithmic() + linear(10)},
      {"ZREM Z e1 e2 e3", log_and(3)},
      {"ZSCORE Z e10000", constant},
      // publish and subscribe, as far as it is not the server's
      {"PSUBSCRIBE a* b*", constant},
      {"PUBLISH a x", constant},
      {"PUBSUB CHANNELS", constant},
      {"PUBSUB NUMPAT", constant},
      {"PUBSUB NUMSUB a", constant},
      {"PUNSUBSCRIBE a*", constant},
      {"SUBSCRIBE a b", constant},
      {"UNSUBSCRIBE a b", constant},
      // connections and the server
      {"AUTH password", constant},
      {"CLIENT INFO", constant},
      {"COMMAND COUNT", constant},
      {"CONFIG GET port", constant},
      {"ECHO x", constant},
      {"HELLO", constant},
      {"INFO", constant},
      {"PING", constant},
      {"QUIT", constant},
      {"RESET", constant},
      {"SELECT 0", constant},
      {"TIME", constant},
  };
}

// A store in which everything there is large, and some of it small. Keys that expire are among the
// many.
class Filled {
 public:
  Filled() {
    for (std::size_t i = 0; i < size; ++i)
      run("SET key" + std::to_string(i) + " v EX " + std::to_string(100 + i));
    run("SELECT 1");
    fill("L", "H", "S", "Z", size);
    run("SELECT 0");
    fill("l", "h", "s", "z", few);
  }

  // The data as it was at first, for one line of the table.
  void restore() {
    run("SELECT 0");
    run("SET v v");
    run("SET n 1");
    run("SET X " + std::string(size, 'x'));
    run("SELECT 1");
    for (const char* const key : {"L", "H", "S", "Z"})
      run(std::string("COPY ") + key + " " + key + " DB 0 REPLACE");
    run("SELECT 0");
    while (run.store.keyspace.remains.release(size) != 0) {}
  }

  Session run;

 private:
  void fill(std::string_view list, std::string_view hash, std::string_view set,
            std::string_view sorted, std::size_t count) {
    const auto line = [](std::string_view command, std::string_view key) {
      return std::string(command).append(" ").append(key);
    };
    for (std::size_t i = 0; i < count; ++i) {
      const std::string n = std::to_string(i);
      run(line("RPUSH", list) + " e" + n);
      run(line("HSET", hash) + " f" + n + " v");
      run(line("SADD", set) + " m" + n);
      run(line("ZADD", sorted) + " " + n + " e" + n);
    }
  }
};

TEST(Complexity, OfEachCommandIsThatOfRedis) {
  if (!respd::steps_are_counted) GTEST_SKIP() << "steps are counted in debug builds";
  Filled data;
  std::set<std::string> missing;
  for (const respd::Command& command : data.run.engine.commands().all())
    missing.emplace(command.name);
  for (const auto& [line, most, times] : rows()) {
    std::string name(line.substr(0, line.find(' ')));
    for (char& c : name) c = static_cast<char>(c | 0x20);
    missing.erase(name);
    if (name == "flushall" || name == "flushdb" || name == "move" || name == "quit") {
      Filled fresh;  // it does away with more than one line can restore
      fresh.restore();
      const std::uint64_t before = respd::steps_taken;
      EXPECT_FALSE(fresh.run(line).starts_with('-')) << line;
      EXPECT_LE(respd::steps_taken - before, most) << line;
      continue;
    }
    data.restore();
    std::uint64_t worst = 0;
    for (int i = 0; i < times; ++i) {
      const std::uint64_t before = respd::steps_taken;
      const std::string answer = data.run(line);
      worst = std::max(worst, respd::steps_taken - before);
      const bool refused = answer.starts_with('-');
      EXPECT_EQ(refused, name == "auth") << line << answer;
    }
    EXPECT_LE(worst, most) << line;
  }
  EXPECT_EQ(missing, std::set<std::string>()) << "commands without a line in the table";
}

// A value grows and shrinks without a command that pays for all of it.
TEST(Complexity, OfGrowthAndOfShrinkingIsSpread) {
  if (!respd::steps_are_counted) GTEST_SKIP() << "steps are counted in debug builds";
  Session run;
  const auto worst = [&run](const std::string& before, const std::string& after) {
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint64_t started = respd::steps_taken;
      run(before + std::to_string(i) + after);
      most = std::max(most, respd::steps_taken - started);
    }
    return most;
  };
  EXPECT_LE(worst("SADD s m", ""), constant);
  EXPECT_LE(worst("SREM s m", ""), constant);
  EXPECT_LE(worst("HSET h f", " v"), constant);
  EXPECT_LE(worst("HDEL h f", ""), constant);
  EXPECT_LE(worst("RPUSH l e", ""), constant);
  EXPECT_LE(worst("ZADD z 1 m", ""), logarithmic());
  EXPECT_LE(worst("ZREM z m", ""), logarithmic());
  EXPECT_LE(worst("SET key", " v EX 100"), logarithmic());
  EXPECT_LE(worst("DEL key", ""), logarithmic());
}

// Freeing what was removed is cut into pieces.
TEST(Complexity, OfFreeingIsWhatWasAskedFor) {
  if (!respd::steps_are_counted) GTEST_SKIP() << "steps are counted in debug builds";
  Filled data;
  data.restore();
  data.run("FLUSHALL");
  std::uint64_t freed = 0;
  for (std::size_t some = 1; some != 0; freed += some) {
    const std::uint64_t before = respd::steps_taken;
    some = data.run.store.keyspace.remains.release(500);
    EXPECT_LE(respd::steps_taken - before, 1500U);
  }
  EXPECT_GE(freed, 5 * size);
}

}  // namespace
