// tests/respd/store_test.cpp: commands, expiry in virtual time, and what is left to the server.
#include "redis/engine.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "redis/words.hpp"
#include "seed.hpp"

namespace {

using namespace std::chrono_literals;
using respd::After;
using respd::Client;
using respd_test::bulk;
using respd_test::integer;
using respd_test::null;
using respd_test::ok;
using respd_test::Session;
using troupe::Instant;

TEST(Store, SetsAndGets) {
  Session run;
  EXPECT_EQ(run("GET k"), null);
  EXPECT_EQ(run("SET k v"), ok);
  EXPECT_EQ(run("get k"), bulk("v"));
  EXPECT_EQ(run("GeT k"), bulk("v"));
  EXPECT_EQ(run("SET k \"\""), ok);
  EXPECT_EQ(run("GET k"), bulk(""));
  EXPECT_EQ(run.outcome.after, After::go_on);
}

TEST(Store, LongStringsGiveTheirMemoryBack) {
  Session run;
  const std::string large(1 << 20, 'x');
  const std::string_view set_large[] = {"SET", "k", large};
  EXPECT_EQ(run.run_words(set_large, run.client), ok);
  EXPECT_EQ(run("SET k small"), ok);
  respd::Entry* const entry = run.store.keyspace.find(0, "k", 0);
  ASSERT_NE(entry, nullptr);
  EXPECT_LT(entry->value.value.text()->block_size(), 1024U);
  EXPECT_EQ(run("GET k"), bulk("small"));
}

TEST(Store, SetOptions) {
  Session run;
  EXPECT_EQ(run("SET k v XX"), null);
  EXPECT_EQ(run("SET k v NX"), ok);
  EXPECT_EQ(run("SET k w NX"), null);
  EXPECT_EQ(run("SET k w XX GET"), bulk("v"));
  EXPECT_EQ(run("SET k x EX 10 GET"), bulk("w"));
  EXPECT_EQ(run("PTTL k"), integer(10000));
  EXPECT_EQ(run("SET k y KEEPTTL"), ok);
  EXPECT_EQ(run("PTTL k"), integer(10000));
  EXPECT_EQ(run("SET k z"), ok);
  EXPECT_EQ(run("PTTL k"), integer(-1));
  EXPECT_EQ(run("SET k v PX 1500"), ok);
  EXPECT_EQ(run("PTTL k"), integer(1500));
  EXPECT_EQ(run("TTL k"), integer(2));
  EXPECT_EQ(run("SET k v PXAT 1700000005000"), ok);
  EXPECT_EQ(run("PTTL k"), integer(5000));
  EXPECT_EQ(run("SET k v EXAT 1700000007"), ok);
  EXPECT_EQ(run("PTTL k"), integer(7000));
  EXPECT_EQ(run("PEXPIRETIME k"), integer(1700000007000));
  EXPECT_EQ(run("SET k v NX XX"), "-ERR syntax error\r\n");
  EXPECT_EQ(run("SET k v EX 0"), "-ERR invalid expire time in 'set' command\r\n");
  EXPECT_EQ(run("SET k v EX x"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(run("GET k"), bulk("v"));
}

TEST(Store, CountsInPlace) {
  Session run;
  EXPECT_EQ(run("INCR n"), integer(1));
  EXPECT_EQ(run("INCRBY n 41"), integer(42));
  EXPECT_EQ(run("GET n"), bulk("42"));
  EXPECT_EQ(run("STRLEN n"), integer(2));
  EXPECT_EQ(run("APPEND n 7"), integer(3));
  EXPECT_EQ(run("DECR n"), integer(426));
  EXPECT_EQ(run("GETRANGE n 1 -1"), bulk("26"));
  EXPECT_EQ(run("SETRANGE n 0 9"), integer(3));
  EXPECT_EQ(run("INCR n"), integer(927));
  EXPECT_EQ(run("TYPE n"), "+string\r\n");
  EXPECT_EQ(run("OBJECT ENCODING n"), bulk("int"));
  EXPECT_EQ(run("SET n 9223372036854775807"), ok);
  EXPECT_EQ(run("INCR n"), "-ERR increment or decrement would overflow\r\n");
  EXPECT_EQ(run("GET n"), bulk("9223372036854775807"));
  EXPECT_EQ(run("DECRBY n -9223372036854775808"), "-ERR decrement would overflow\r\n");
}

TEST(Store, BoundsStrings) {
  respd::StoreOptions options;
  options.max_value = 10;
  Session run(std::move(options));
  EXPECT_EQ(run("APPEND k 12345"), integer(5));
  EXPECT_EQ(run("APPEND k 12345"), integer(10));
  const std::string error = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n";
  EXPECT_EQ(run("APPEND k 1"), error);
  EXPECT_EQ(run("SETRANGE k 10 x"), error);
  EXPECT_EQ(run("SETRANGE k 9223372036854775807 x"), error);
  EXPECT_EQ(run("SETRANGE k 9 x"), integer(10));
}

TEST(Store, DatabasesAreApart) {
  Session run;
  Client other;
  EXPECT_EQ(run("SET k zero"), ok);
  EXPECT_EQ(run.run("SELECT 15", other), ok);
  EXPECT_EQ(run.run("GET k", other), null);
  EXPECT_EQ(run.run("SET k fifteen", other), ok);
  EXPECT_EQ(run("GET k"), bulk("zero"));
  EXPECT_EQ(run("SWAPDB 0 15"), ok);
  EXPECT_EQ(run("GET k"), bulk("fifteen"));
  EXPECT_EQ(run("FLUSHDB"), ok);
  EXPECT_EQ(run.run("GET k", other), bulk("zero"));
  EXPECT_EQ(run("FLUSHALL"), ok);
  EXPECT_EQ(run.run("DBSIZE", other), integer(0));
}

TEST(Expiry, AKeyIsThereToTheEndOfItsTime) {
  Session run;
  run("SET k v PX 100");
  run.now += 100ms;
  EXPECT_EQ(run("GET k"), bulk("v"));
  EXPECT_EQ(run("PTTL k"), integer(0));
  run.now += 1ms;
  EXPECT_EQ(run("DBSIZE"), integer(1));
  EXPECT_EQ(run("GET k"), null);
  EXPECT_EQ(run("DBSIZE"), integer(0));
  EXPECT_FALSE(run.store.next_expiry().has_value());
}

TEST(Expiry, TellsWhenToCome) {
  Session run;
  EXPECT_FALSE(run.store.next_expiry().has_value());
  const Instant start = run.now;
  run("SET late v PX 5000");
  run("SET soon v PX 100");
  run("SET never v");
  EXPECT_EQ(run.store.next_expiry(), start + 101ms);
  run.now = start + 100ms;
  EXPECT_EQ(run.store.expire_due(run.now, 10), 0U);
  run.now = start + 101ms;
  EXPECT_EQ(run.store.expire_due(run.now, 10), 1U);
  EXPECT_EQ(run("DBSIZE"), integer(2));
  EXPECT_EQ(run.store.next_expiry(), start + 5001ms);
  run("PERSIST late");
  EXPECT_FALSE(run.store.next_expiry().has_value());
}

TEST(Expiry, RemovesNoMoreThanAskedFor) {
  Session run;
  for (int i = 0; i < 100; ++i)
    run("SET key" + std::to_string(i) + " v PX " + std::to_string(1 + i));
  run.now += 1s;
  EXPECT_EQ(run.store.expire_due(run.now, 30), 30U);
  EXPECT_EQ(run("EXISTS key30"), integer(0));  // lazily
  EXPECT_EQ(run("DBSIZE"), integer(69));
  EXPECT_EQ(run.store.expire_due(run.now, 1000), 69U);
  EXPECT_EQ(run.store.expire_due(run.now, 1000), 0U);
}

TEST(Expiry, ATimeBeyondTheClockIsNever) {
  Session run;
  EXPECT_EQ(run("SET k v PXAT 9223372036854775807"), ok);
  EXPECT_EQ(run.store.next_expiry(), Instant::max());
  EXPECT_EQ(run("GET k"), bulk("v"));
  EXPECT_EQ(run("PEXPIRE k 1"), integer(1));
  EXPECT_EQ(run.store.next_expiry(), run.now + 2ms);
}

TEST(Expiry, FollowsTheWallClock) {
  Session run;
  run("SET k v PX 1000");
  run.store.clock.set(run.now,
                      troupe::SystemTime(std::chrono::milliseconds(Session::wall_start_ms + 600)));
  EXPECT_EQ(run("PTTL k"), integer(400));
  EXPECT_EQ(run.store.next_expiry(), run.now + 401ms);
}

TEST(Expiry, Options) {
  Session run;
  run("SET k v");
  EXPECT_EQ(run("EXPIRE k 10 XX"), integer(0));
  EXPECT_EQ(run("EXPIRE k 10 GT"), integer(0));
  EXPECT_EQ(run("EXPIRE k 10 NX"), integer(1));
  EXPECT_EQ(run("EXPIRE k 20 NX"), integer(0));
  EXPECT_EQ(run("EXPIRE k 5 GT"), integer(0));
  EXPECT_EQ(run("EXPIRE k 20 GT"), integer(1));
  EXPECT_EQ(run("EXPIRE k 30 LT"), integer(0));
  EXPECT_EQ(run("PEXPIRE k 15000 LT"), integer(1));
  EXPECT_EQ(run("PTTL k"), integer(15000));
  EXPECT_EQ(run("EXPIRE k -1 GT"), integer(0));
  EXPECT_EQ(run("EXPIRE k -1"), integer(1));
  EXPECT_EQ(run("EXISTS k"), integer(0));
}

TEST(Expiry, GoesWithTheValue) {
  Session run;
  run("SET a v PX 100");
  EXPECT_EQ(run("RENAME a b"), ok);
  EXPECT_EQ(run("PTTL b"), integer(100));
  EXPECT_EQ(run("COPY b c"), integer(1));
  EXPECT_EQ(run("PTTL c"), integer(100));
  EXPECT_EQ(run("MOVE c 3"), integer(1));
  run("SELECT 3");
  EXPECT_EQ(run("PTTL c"), integer(100));
  run("FLUSHDB");
  run.now += 101ms;
  EXPECT_EQ(run.store.expire_due(run.now, 10), 1U);
}

TEST(Expiry, GoesWithTheDatabase) {
  Session run;
  run("SET k v PX 100");
  EXPECT_EQ(run("SWAPDB 0 7"), ok);
  EXPECT_EQ(run.store.keyspace.expiring(7), 1U);
  EXPECT_EQ(run.store.keyspace.expiring(0), 0U);
  run("SET k w PX 50");
  run("SELECT 7");
  EXPECT_EQ(run("PTTL k"), integer(100));
  run.now += 60ms;
  EXPECT_EQ(run.store.expire_due(run.now, 10), 1U);
  EXPECT_EQ(run("GET k"), bulk("v"));
}

// Random sets, expiries, removals, swaps and flushes against a model; the heap must stay in step
// with the tables.
TEST(Expiry, DoesWhatAModelDoes) {
  const std::uint64_t seed = respd_test::seed();
  SCOPED_TRACE(respd_test::seed_note(seed));
  respd::Random random(seed);
  respd::Keyspace keyspace(seed);
  using Model = std::map<std::string, respd::UnixMs>;
  std::vector<Model> model(3);
  respd::UnixMs now = 1000;
  for (int round = 0; round < 50000; ++round) {
    const std::size_t db = random.below(model.size());
    const std::string key = std::to_string(random.below(200));
    const std::uint64_t what = random.below(100);
    if (what < 50) {
      respd::Entry* const entry = keyspace.insert(db, key, now).first;
      const respd::UnixMs when = random.below(3) == 0
                                     ? respd::Slot::never
                                     : now + static_cast<respd::UnixMs>(random.below(500));
      keyspace.expire_at(*entry, when);
      model[db][key] = when;
    } else if (what < 70) {
      respd::Entry* const entry = keyspace.find(db, key, now);
      if (entry != nullptr) keyspace.erase(*entry);
      const auto at = model[db].find(key);
      ASSERT_EQ(entry != nullptr, at != model[db].end() && at->second >= now);
      if (at != model[db].end()) model[db].erase(at);
    } else if (what < 90) {
      now += static_cast<respd::UnixMs>(random.below(20));
      keyspace.expire_due(now, random.below(10));
    } else if (what < 95) {
      keyspace.swap(0, db);
      std::swap(model[0], model[db]);
    } else if (what == 99 && random.below(5) == 0) {
      keyspace.clear(db);
      model[db].clear();
    }
    if (round % 500 != 0) continue;
    keyspace.expire_due(now, 100000);
    std::optional<respd::UnixMs> next;
    for (std::size_t i = 0; i < model.size(); ++i) {
      std::erase_if(model[i], [now](const auto& item) { return item.second < now; });
      ASSERT_EQ(keyspace.size(i), model[i].size());
      std::size_t expiring = 0;
      for (const auto& [name, when] : model[i]) {
        respd::Entry* const entry = keyspace.find(i, name, now);
        ASSERT_NE(entry, nullptr);
        ASSERT_EQ(keyspace.expiry(*entry), when);
        if (when == respd::Slot::never) continue;
        ++expiring;
        next = next ? std::min(*next, when) : when;
      }
      ASSERT_EQ(keyspace.expiring(i), expiring);
    }
    ASSERT_EQ(keyspace.next_expiry(), next);
  }
}

TEST(Errors, AreThoseOfRedis) {
  Session run;
  EXPECT_EQ(run("FOO bar baz"),
            "-ERR unknown command 'FOO', with args beginning with: 'bar' 'baz' \r\n");
  EXPECT_EQ(run("GET"), "-ERR wrong number of arguments for 'get' command\r\n");
  EXPECT_EQ(run("CLIENT SETNAME"),
            "-ERR wrong number of arguments for 'client|setname' command\r\n");
  EXPECT_EQ(run("client foo"), "-ERR unknown subcommand 'foo'. Try CLIENT HELP.\r\n");
  EXPECT_EQ(run("MSET a 1 b"), "-ERR wrong number of arguments for 'mset' command\r\n");
  EXPECT_EQ(run("SELECT 16"), "-ERR DB index is out of range\r\n");
  EXPECT_EQ(run("HELLO 4"), "-NOPROTO unsupported protocol version\r\n");
  run("RPUSH l a");
  EXPECT_EQ(run("GET l"), "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n");
}

TEST(Errors, EveryCommandIsFoundAndChecksItsArity) {
  Session run;
  for (const respd::Command& command : run.engine.commands().all()) {
    const respd::Command* const found = run.engine.commands().find(respd::upper_case(command.name));
    ASSERT_EQ(found, &command) << command.name;
    if (command.arity == 1 || command.arity == -1) continue;
    const std::string expected =
        "-ERR wrong number of arguments for '" + std::string(command.name) + "' command\r\n";
    EXPECT_EQ(run(command.name), expected);
    EXPECT_EQ(run.outcome.after, After::go_on);
  }
  for (const char* const name : {"", "ge", "gett", "get ", "averyveryverylongname", "seT2"}) {
    EXPECT_EQ(run.engine.commands().find(name), nullptr) << name;
  }
}

TEST(Commands, AreInAlphabeticalOrder) {
  Session run;
  std::string_view last;
  for (const respd::Command& command : run.engine.commands().all()) {
    EXPECT_LT(last, command.name);
    last = command.name;
  }
}

TEST(Hello, ChangesTheProtocol) {
  Session run;
  run.client.id = 7;
  const std::string answer = run("HELLO 3 SETNAME me");
  EXPECT_EQ(answer.substr(0, 4), "%7\r\n");
  EXPECT_NE(answer.find("$2\r\nid\r\n:7\r\n"), std::string::npos);
  EXPECT_EQ(run.client.name, "me");
  EXPECT_EQ(run("GET k"), "_\r\n");
  EXPECT_EQ(run("CONFIG GET save"), "%1\r\n$4\r\nsave\r\n$0\r\n\r\n");
  EXPECT_EQ(run("INFO keyspace"), "=16\r\ntxt:# Keyspace\r\n\r\n");
  EXPECT_EQ(run("RESET"), "+RESET\r\n");
  EXPECT_EQ(run.others.asked, "unsubscribe channel own1\nunsubscribe channel own2\n");
  EXPECT_EQ(run("GET k"), null);
}

TEST(ClientCommands, KeepWhatTheLibrarySays) {
  Session run;
  EXPECT_EQ(run("CLIENT SETINFO lib-name redis-py"), ok);
  EXPECT_EQ(run("CLIENT SETINFO LIB-VER 5.0.0"), ok);
  EXPECT_EQ(run("CLIENT SETINFO lib-other x"), "-ERR Unrecognized option 'lib-other'\r\n");
  const std::string_view spaced[] = {"CLIENT", "SETINFO", "lib-name", "a b"};
  EXPECT_EQ(run.run_words(spaced, run.client),
            "-ERR lib-name cannot contain spaces, newlines or special characters.\r\n");
  const std::string line = describe(run.client, run.now);
  EXPECT_NE(line.find("lib-name=redis-py lib-ver=5.0.0"), std::string::npos);
  EXPECT_NE(line.find("cmd=client|setinfo"), std::string::npos);
}

TEST(Login, IsAskedForAndRemembered) {
  respd::StoreOptions options;
  options.password = "secret";
  Session run(std::move(options));
  EXPECT_TRUE(run.store.wants_login(run.client));
  EXPECT_EQ(run("GET k"), "-NOAUTH Authentication required.\r\n");
  EXPECT_EQ(run("PING"), "-NOAUTH Authentication required.\r\n");
  const std::string wrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
  for (const char* const line :
       {"AUTH nope", "AUTH \"\"", "AUTH secretsecret", "AUTH other secret"}) {
    EXPECT_EQ(run(line), wrong);
  }
  EXPECT_EQ(run("HELLO 3").substr(0, 8), "-NOAUTH ");
  EXPECT_EQ(run.client.protocol, 2);
  EXPECT_EQ(run("AUTH secret"), ok);
  EXPECT_FALSE(run.store.wants_login(run.client));
  EXPECT_EQ(run("GET k"), null);
  run("RESET");
  EXPECT_TRUE(run.store.wants_login(run.client));
}

TEST(Subscribed, Resp2ClientsRunFewCommands) {
  Session run;
  run.client.channels = 1;
  EXPECT_EQ(run("GET k"),
            "-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / "
            "RESET are allowed in this "
            "context\r\n");
  EXPECT_EQ(run("PING"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
  EXPECT_EQ(run("PING hi"), "*2\r\n$4\r\npong\r\n$2\r\nhi\r\n");
  EXPECT_EQ(run("SUBSCRIBE a"), "*3\r\n" + bulk("subscribe") + bulk("a") + integer(1));
  run.client.protocol = 3;
  EXPECT_EQ(run("GET k"), "_\r\n");
  EXPECT_EQ(run("PING"), "+PONG\r\n");
}

TEST(Neighbours, AreAskedByTheCommandsThatReachOtherClients) {
  Session run;
  const std::tuple<const char*, std::string, std::string> lines[] = {
      {"SUBSCRIBE a", "subscribe channel a\n",
       "*3\r\n" + bulk("subscribe") + bulk("a") + integer(0)},
      {"PSUBSCRIBE a*", "subscribe pattern a*\n",
       "*3\r\n" + bulk("psubscribe") + bulk("a*") + integer(0)},
      {"UNSUBSCRIBE a", "unsubscribe channel a\n",
       "*3\r\n" + bulk("unsubscribe") + bulk("a") + integer(0)},
      {"UNSUBSCRIBE", "unsubscribe channel own1\nunsubscribe channel own2\n",
       "*3\r\n" + bulk("unsubscribe") + bulk("own1") + integer(0) + "*3\r\n" + bulk("unsubscribe") +
           bulk("own2") + integer(0)},
      {"PUNSUBSCRIBE", "", "*3\r\n" + bulk("punsubscribe") + null + integer(0)},
      {"PUBLISH a m", "publish m to a\n", integer(7)},
      {"PUBSUB CHANNELS", "", "*3\r\n" + bulk("a") + bulk("b1") + bulk("b2")},
      {"PUBSUB CHANNELS b*", "", "*2\r\n" + bulk("b1") + bulk("b2")},
      {"PUBSUB NUMSUB a bb", "", "*4\r\n" + bulk("a") + integer(1) + bulk("bb") + integer(2)},
      {"PUBSUB NUMPAT", "", integer(5)},
      {"CLIENT LIST", "", bulk("id=1\n")}};
  for (const auto& [line, asked, answer] : lines) {
    EXPECT_EQ(run(line), answer) << line;
    EXPECT_EQ(std::exchange(run.others.asked, {}), asked) << line;
    EXPECT_EQ(run.outcome.after, After::go_on) << line;
  }
  EXPECT_EQ(run("QUIT"), ok);
  EXPECT_EQ(run.outcome.after, After::close);
  EXPECT_EQ(run("POST x"), "");
  EXPECT_EQ(run.outcome.after, After::abandon);
}

TEST(Waiting, BeginsWhereThereIsNothingToPop) {
  Session run;
  EXPECT_EQ(run("BLPOP a b 1.5"), "");
  EXPECT_EQ(run.outcome.after, After::wait);
  ASSERT_EQ(run.outcome.keys.size(), 2U);
  EXPECT_EQ(run.outcome.limit, 1500ms);
  EXPECT_EQ(run("BRPOP a 0"), "");
  EXPECT_EQ(run.outcome.limit, 0ms);
  run("RPUSH b x y");
  EXPECT_EQ(run("BLPOP a b 0"), "*2\r\n$1\r\nb\r\n$1\r\nx\r\n");
  EXPECT_EQ(run.outcome.after, After::go_on);
}

TEST(Waiting, WatchedKeysAreToldOnce) {
  Session run;
  run.store.watches.watch(0, "k");
  run.store.watches.watch(0, "k");
  EXPECT_EQ(run.store.watches.next_ready(), std::nullopt);
  run("RPUSH other x");
  run("SELECT 1");
  run("RPUSH k x");
  EXPECT_EQ(run.store.watches.next_ready(), std::nullopt);
  run("SELECT 0");
  run("RPUSH k x");
  run("RPUSH k y");
  EXPECT_EQ(run.store.watches.next_ready(), std::pair(std::size_t{0}, std::string("k")));
  EXPECT_EQ(run.store.watches.next_ready(), std::nullopt);
  run("DEL k");
  run.store.watches.unwatch(0, "k");
  run("RENAME other k");
  EXPECT_TRUE(run.store.watches.next_ready().has_value());
  run("DEL k");
  run("SWAPDB 0 1");
  EXPECT_TRUE(run.store.watches.next_ready().has_value());
  run.store.watches.unwatch(0, "k");
  run("DEL k");
  run("LPUSH k x");
  EXPECT_EQ(run.store.watches.next_ready(), std::nullopt);
}

TEST(Containers, VanishWithTheirLastElement) {
  Session run;
  for (const auto& [fill, empty] : std::initializer_list<std::pair<const char*, const char*>>{
           {"RPUSH k a", "LPOP k"},
           {"RPUSH k a", "LTRIM k 5 6"},
           {"RPUSH k a a", "LREM k 0 a"},
           {"RPUSH k a", "RPOPLPUSH k other"},
           {"HSET k f v", "HDEL k f"},
           {"SADD k m", "SREM k m"},
           {"SADD k m", "SPOP k"},
           {"SADD k m", "SPOP k 5"},
           {"SADD k m", "SMOVE k other2 m"},
           {"ZADD k 1 m", "ZREM k m"},
           {"ZADD k 1 m", "ZPOPMIN k 9"}}) {
    run(fill);
    EXPECT_EQ(run("EXISTS k"), integer(1)) << fill;
    run(empty);
    EXPECT_EQ(run("EXISTS k"), integer(0)) << empty;
  }
}

TEST(Containers, RepeatedRandomMembersAreBounded) {
  Session run;
  run("SADD k m");
  EXPECT_EQ(run("SRANDMEMBER k -9000000000000"), "-ERR value is out of range\r\n");
  EXPECT_EQ(run("SRANDMEMBER k -2"), "*2\r\n$1\r\nm\r\n$1\r\nm\r\n");
}

// Draws by a command: how often each of `kinds` answers came. Pearson's statistic must stay below
// what one in a million of fair draws exceeds: 41 for 8 kinds.
template <class Draw> double chi_squared_of_8(Draw draw) {
  constexpr int draws = 40000;
  std::map<std::string, int> drawn;
  for (int i = 0; i < draws; ++i) ++drawn[draw()];
  EXPECT_EQ(drawn.size(), 8U);
  double sum = 0;
  for (const auto& [_, count] : drawn)
    sum += (count - draws / 8.0) * (count - draws / 8.0) * 8 / draws;
  return sum;
}

TEST(Containers, AreDrawnFromEvenly) {
  respd::StoreOptions options;
  options.seed = respd_test::seed();
  SCOPED_TRACE(respd_test::seed_note(options.seed));
  Session run(std::move(options));
  const auto add = [&run] { run("SADD s a b c d e f g h"); };
  add();
  constexpr double bound = 41;
  EXPECT_LT(chi_squared_of_8([&] { return run("SRANDMEMBER s"); }), bound);
  EXPECT_LT(chi_squared_of_8([&] { return run("SRANDMEMBER s 1"); }), bound);
  EXPECT_LT(chi_squared_of_8([&] { return run("SRANDMEMBER s -1"); }), bound);
  EXPECT_LT(chi_squared_of_8([&] {
              add();
              return run("SPOP s");
            }),
            bound);
  EXPECT_LT(chi_squared_of_8([&] {
              add();
              return run("SPOP s 1");
            }),
            bound);
  // The second of three, and the one that seven leave out.
  add();
  EXPECT_LT(chi_squared_of_8([&] { return run("SRANDMEMBER s 3").substr(11, 7); }), bound);
  EXPECT_LT(chi_squared_of_8([&] {
              add();
              run("SPOP s 7");
              return run("SMEMBERS s");
            }),
            bound);
  run("FLUSHALL");
  for (const char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'})
    run(std::string("SET ") + name + " v");
  EXPECT_LT(chi_squared_of_8([&] { return run("RANDOMKEY"); }), bound);
}

TEST(Containers, SeveralRandomMembersAreDifferent) {
  Session run;
  for (int i = 0; i < 300; ++i) run("SADD s m" + std::to_string(100 + i));
  for (const std::size_t count : {1U, 5U, 150U, 299U, 300U, 500U}) {
    const std::string answer = run("SRANDMEMBER s " + std::to_string(count));
    std::set<std::string> seen;
    for (std::size_t at = 0; (at = answer.find('m', at)) != std::string::npos; ++at)
      seen.insert(answer.substr(at, 4));
    EXPECT_EQ(seen.size(), std::min<std::size_t>(count, 300));
    EXPECT_TRUE(answer.starts_with("*" + std::to_string(seen.size()) + "\r\n"));
  }
}

TEST(Scan, SeesEveryKey) {
  Session run;
  for (int i = 0; i < 1000; ++i) run("SET key" + std::to_string(i) + " v");
  std::size_t seen = 0;
  std::string cursor = "0";
  do {
    const std::string answer = run("SCAN " + cursor + " MATCH key*5 COUNT 50");
    const std::size_t begin = answer.find("\r\n", 4) + 2;
    cursor = answer.substr(begin, answer.find("\r\n", begin) - begin);
    for (std::size_t at = 0; (at = answer.find("\r\nkey", at)) != std::string::npos; ++at) ++seen;
  } while (cursor != "0");
  EXPECT_GE(seen, 100U);
}

TEST(Commands, AreToldWithTheirSubcommands) {
  Session run;
  const std::string get = run("COMMAND INFO config|get");
  EXPECT_TRUE(get.starts_with("*1\r\n*10\r\n" + bulk("config|get") + integer(-3))) << get;
  EXPECT_EQ(run("COMMAND INFO CONFIG|GET"), get);
  EXPECT_EQ(run("COMMAND INFO config|nothing"), "*1\r\n" + null);
  const std::string list = run("COMMAND LIST");
  EXPECT_NE(list.find(bulk("config")), std::string::npos);
  EXPECT_NE(list.find(bulk("config|get")), std::string::npos);
  EXPECT_EQ(run("COMMAND LIST FILTERBY PATTERN CONFIG|G*"), "*1\r\n" + bulk("config|get"));
}

TEST(Info, TellsMemory) {
  Session run;
  const auto used = [&run] {
    const std::string text = run("INFO memory");
    return std::stoull(text.substr(text.find("used_memory:") + 12));
  };
  const std::uint64_t before = used();
  for (int i = 0; i < 1000; ++i) run("SET key" + std::to_string(i) + " " + std::string(1000, 'x'));
  EXPECT_GE(used(), before + 1'000'000);
  EXPECT_LT(used(), before + 1'300'000);
  run("FLUSHALL");
  while (run.store.keyspace.remains.release(100) != 0) {}
  EXPECT_LT(used(), before + 1000);
  const std::string text = run("INFO");
  for (const char* const line :
       {"# Memory\r\n", "used_memory_human:", "used_memory_rss:", "used_memory_rss_human:",
        "used_memory_peak:", "used_memory_peak_human:", "maxmemory:0\r\n", "mem_allocator:"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

TEST(Info, TellsCounts) {
  Session run;
  run.store.figures.clients = 3;
  run("SET k v EX 100");
  run("GET k");
  run("GET missing");
  run("NOSUCH");
  const std::string text = run("INFO");
  for (const char* const line :
       {"redis_version:7.0.15\r\n", "connected_clients:3\r\n", "keyspace_hits:1\r\n",
        "keyspace_misses:1\r\n", "total_error_replies:1\r\n", "total_commands_processed:3\r\n",
        "db0:keys=1,expires=1,avg_ttl=0\r\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

}  // namespace
