// tests/respd/spread_test.cpp: keys that are spread over several stores: what becomes of commands
// about many of them, of order, and of a store that has gone.
#include <map>
#include <random>
#include <set>

#include "redis/placing.hpp"
#include "seed.hpp"
#include "virtual_server.hpp"

namespace respd {
namespace {

constexpr std::string_view cross_slot =
    "-CROSSSLOT Keys in request don't hash to the same slot\r\n";

TEST(Placing, IsByWhatTheBracesHold) {
  EXPECT_EQ(placing_part("user"), "user");
  EXPECT_EQ(placing_part("{user}.name"), "user");
  EXPECT_EQ(placing_part("a{user}b{other}"), "user");
  EXPECT_EQ(placing_part("a{{user}}"), "{user");
  EXPECT_EQ(placing_part("{}user"), "{}user");
  EXPECT_EQ(placing_part("{}{user}"), "{}{user}");
  EXPECT_EQ(placing_part("{user"), "{user");
  EXPECT_EQ(placing_part("user}"), "user}");
  EXPECT_EQ(placing_part(""), "");
}

class SpreadTest : public ServerTest {
 protected:
  // Sends to `peer` and gives the integer that is answered.
  long number(Peer& peer, const std::string& request) {
    const std::string answer = (*this)(peer, request + "\r\n");
    EXPECT_EQ(answer.substr(0, 1), ":") << request << answer;
    return std::stol(answer.substr(1));
  }
  void fill(Peer& peer, int keys) {
    std::string requests, answers;
    for (int i = 0; i < keys; ++i) {
      requests += "SET key" + std::to_string(i) + " " + std::to_string(i) + "\r\n";
      answers += "+OK\r\n";
    }
    EXPECT_EQ((*this)(peer, requests), answers);
  }
  // The answer to SCAN: the next cursor and the names.
  static std::pair<std::string, std::vector<std::string>> scanned(std::string_view answer) {
    std::vector<std::string> lines;
    while (!answer.empty()) {
      lines.emplace_back(answer.substr(0, answer.find("\r\n")));
      answer.remove_prefix(lines.back().size() + 2);
    }
    std::vector<std::string> names;
    for (std::size_t i = 5; i < lines.size(); i += 2) names.push_back(lines[i]);
    return {lines.at(2), names};
  }
};
INSTANTIATE_TEST_SUITE_P(Runtimes, SpreadTest, testing::Values<std::size_t>(2, 4));

// A pipeline that is cut anywhere, against a plain map: answers in order, and each request sees
// what those before it have done.
TEST_P(SpreadTest, AnswersAndEffectsAreInTheOrderOfTheRequests) {
  const std::uint64_t seed = respd_test::seed();
  SCOPED_TRACE(respd_test::seed_note(seed));
  std::mt19937_64 random(seed);
  start();
  Peer& a = connect_and_read();
  std::map<std::string, int> model;
  for (int round = 0; round < 30; ++round) {
    std::string requests, answers;
    for (int i = 0; i < 100; ++i) {
      const std::string key = "k" + std::to_string(random() % 12);
      switch (random() % 6) {
        case 0:
          requests += "INCR " + key + "\r\n";
          answers += ":" + std::to_string(++model[key]) + "\r\n";
          break;
        case 1:
          requests += "GET " + key + "\r\n";
          answers += model.contains(key) ? bulk(std::to_string(model[key])) : "$-1\r\n";
          break;
        case 2:
          requests += "DEL " + key + " k0 none\r\n";
          answers += ":" + std::to_string(model.erase(key) + model.erase("k0")) + "\r\n";
          break;
        case 3:
          requests += "ECHO " + key + "\r\n";
          answers += bulk(key);
          break;
        case 4:
          requests += "DBSIZE\r\n";
          answers += ":" + std::to_string(model.size()) + "\r\n";
          break;
        default:
          requests += "MGET k1 none " + key + " k1\r\n";
          answers += "*4\r\n";
          for (const std::string& each : {std::string("k1"), std::string("none"), key, {"k1"}})
            answers += model.contains(each) ? bulk(std::to_string(model[each])) : "$-1\r\n";
      }
    }
    std::string got;
    while (!requests.empty()) {
      const std::size_t size = 1 + random() % requests.size();
      got += (*this)(a, requests.substr(0, size));
      requests.erase(0, size);
    }
    ASSERT_EQ(got, answers);
  }
}

TEST_P(SpreadTest, CommandsAboutManyKeysHaveAPartInEachStore) {
  start();
  Peer& a = connect_and_read();
  fill(a, 50);
  Peer& b = connect_and_read();  // of another runtime
  EXPECT_EQ(number(b, "DBSIZE"), 50);
  std::string keys, values;
  for (int i = 49; i >= 0; --i) {
    keys += " key" + std::to_string(i);
    values += bulk(std::to_string(i));
  }
  EXPECT_EQ((*this)(b, "MGET" + keys + "\r\n"), "*50\r\n" + values);
  EXPECT_EQ(number(b, "EXISTS" + keys + keys + " none"), 100);
  EXPECT_EQ(number(b, "TOUCH" + keys), 50);
  EXPECT_EQ((*this)(b, "KEYS *\r\n").substr(0, 5), "*50\r\n");
  EXPECT_EQ((*this)(b, "MSET" + keys + "\r\n"), cross_slot);
  std::set<std::string> drawn;
  for (int i = 0; i < 300; ++i) drawn.insert((*this)(b, "RANDOMKEY\r\n"));
  EXPECT_GT(drawn.size(), 25U);
  EXPECT_EQ(number(b, "UNLINK" + keys.substr(0, keys.find(" key19"))), 30);
  EXPECT_EQ(number(b, "DEL" + keys), 20);
  EXPECT_EQ((*this)(b, "RANDOMKEY\r\nDBSIZE\r\nKEYS *\r\n"), "$-1\r\n:0\r\n*0\r\n");
  fill(a, 50);
  EXPECT_EQ((*this)(b, "FLUSHALL sideways\r\nFLUSHALL\r\nDBSIZE\r\n"),
            "-ERR syntax error\r\n+OK\r\n:0\r\n");
}

TEST_P(SpreadTest, SetsOfSeveralStoresAreJoined) {
  start();
  Peer& a = connect_and_read();
  std::string sets;
  for (int i = 0; i < 20; ++i) {
    const std::string name = " s" + std::to_string(i);
    sets += name;
    EXPECT_EQ(number(a, "SADD" + name + " all x" + std::to_string(i)), 2);
  }
  EXPECT_EQ((*this)(a, "SUNION" + sets + "\r\n").substr(0, 5), "*21\r\n");
  EXPECT_EQ((*this)(a, "SINTER" + sets + "\r\n"), "*1\r\n" + bulk("all"));
  EXPECT_EQ((*this)(a, "SINTER" + sets + " none\r\n"), "*0\r\n");
  EXPECT_EQ((*this)(a, "SDIFF" + sets + "\r\n"), "*1\r\n" + bulk("x0"));
  EXPECT_EQ((*this)(a, "SDIFF none" + sets + "\r\n"), "*0\r\n");
  EXPECT_EQ(
      (*this)(a, "HELLO 3\r\nSINTER" + sets + "\r\nHELLO 2\r\n").find("~1\r\n" + bulk("all")) ==
          std::string::npos,
      false);
  EXPECT_EQ((*this)(a, "SET s7 text\r\nSUNION" + sets + "\r\nPING\r\n"),
            "+OK\r\n-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"
            "+PONG\r\n");
}

TEST_P(SpreadTest, WhatWouldNeedKeysOfSeveralStoresIsRefusedAndChangesNothing) {
  start();
  Peer& a = connect_and_read();
  // Two of so many keys have different stores.
  std::string pairs, keys;
  for (int i = 0; i < 20; ++i) {
    keys += " k" + std::to_string(i);
    pairs += " k" + std::to_string(i) + " v";
  }
  EXPECT_EQ((*this)(a, "MSET" + pairs + "\r\nMSETNX" + pairs + "\r\nBLPOP" + keys + " 0\r\n"),
            std::string(cross_slot) + std::string(cross_slot) + std::string(cross_slot));
  EXPECT_EQ(number(a, "DBSIZE"), 0);
  EXPECT_EQ((*this)(a, "SET k0 v\r\nRPUSH l0 v\r\nSADD s0 v\r\n"), "+OK\r\n:1\r\n:1\r\n");
  const auto one_is_refused = [&](const std::string& before, const std::string& after) {
    bool is_refused = false;
    for (int i = 1; i < 20 && !is_refused; ++i)
      is_refused = (*this)(a, before + std::to_string(i) + after + "\r\n") == cross_slot;
    return is_refused;
  };
  for (const auto& [before, after] : {std::pair{"RENAME none k", ""},
                                      {"RENAMENX none k", ""},
                                      {"COPY none k", ""},
                                      {"SMOVE none k", " v"},
                                      {"LMOVE none k", " LEFT LEFT"},
                                      {"RPOPLPUSH none k", ""}})
    EXPECT_TRUE(one_is_refused(before, after)) << before;
  EXPECT_EQ(number(a, "DBSIZE"), 3);
  // Braces keep keys together.
  EXPECT_EQ((*this)(a, "MSET {t}1 a {t}2 b\r\nRENAME {t}1 {t}3\r\nMGET {t}1 {t}2 {t}3\r\n"),
            "+OK\r\n+OK\r\n*3\r\n$-1\r\n" + bulk("b") + bulk("a"));
}

TEST_P(SpreadTest, AScanFindsWhatStays) {
  start();
  Peer& a = connect_and_read();
  fill(a, 200);
  for (const std::string options : {"", " COUNT 7", " COUNT 1000", " MATCH key1* COUNT 3"}) {
    std::set<std::string> found;
    std::string cursor = "0";
    int calls = 0;
    do {
      const auto [next, names] = scanned((*this)(a, "SCAN " + cursor + options + "\r\n"));
      found.insert(names.begin(), names.end());
      cursor = next;
      // Others come and go meanwhile.
      const std::string other = "other" + std::to_string(calls);
      (void)(*this)(a, "SET " + other + " x\r\nDEL other" + std::to_string(calls / 2) + "\r\n");
      ASSERT_LT(++calls, 1000);
    } while (cursor != "0");
    for (int i = 0; i < 200; ++i) {
      const std::string key = "key" + std::to_string(i);
      if (options.find("MATCH") != std::string::npos && key[3] != '1') continue;
      EXPECT_TRUE(found.contains(key)) << key << options;
    }
  }
  EXPECT_EQ((*this)(a, "SCAN x\r\n"), "-ERR invalid cursor\r\n");
  EXPECT_EQ((*this)(a, "SCAN 0 COUNT 0\r\n"), "-ERR syntax error\r\n");
  EXPECT_EQ((*this)(a, "FLUSHALL\r\nSCAN 0\r\nSCAN 18446744073709551615\r\n"),
            "+OK\r\n*2\r\n" + bulk("0") + "*0\r\n*2\r\n" + bulk("0") + "*0\r\n");
}

TEST_P(SpreadTest, MessagesReachTheSubscribersOfAllRuntimes) {
  start();
  std::vector<Peer*> subscribers;
  for (int i = 0; i < 8; ++i) {
    subscribers.push_back(&connect_and_read());
    EXPECT_EQ((*this)(*subscribers.back(), "SUBSCRIBE c\r\n"), told("subscribe", "c", 1));
  }
  for (int i = 0; i < 4; ++i) (void)(*this)(connect_and_read(), "PSUBSCRIBE c*\r\n");
  Peer& a = connect_and_read();
  EXPECT_EQ((*this)(a, "PUBLISH c one\r\nPUBLISH c two\r\n"), ":12\r\n:12\r\n");
  for (Peer* const peer : subscribers)
    EXPECT_EQ(take(*peer), message("c", "one") + message("c", "two"));
  EXPECT_EQ((*this)(a, "PUBSUB CHANNELS\r\nPUBSUB CHANNELS x*\r\nPUBSUB NUMPAT\r\n"),
            "*1\r\n" + bulk("c") + "*0\r\n:1\r\n");
  EXPECT_EQ((*this)(a, "PUBSUB NUMSUB c none\r\n"),
            "*4\r\n" + bulk("c") + ":8\r\n" + bulk("none") + ":0\r\n");
  const std::string info = (*this)(a, "INFO\r\n");
  for (const char* const line :
       {"\r\npubsub_channels:1\r\n", "\r\npubsub_patterns:1\r\n", "\r\nconnected_clients:13\r\n"})
    EXPECT_NE(info.find(line), std::string::npos) << line << info;
}

// Whoever hears of it finds what was written before it, though any runtime is held up meanwhile.
TEST_P(SpreadTest, AMessageComesBehindWhatItsClientHasWritten) {
  const std::uint64_t seed = respd_test::seed();
  SCOPED_TRACE(respd_test::seed_note(seed));
  std::mt19937_64 random(seed);
  start();
  Peer& reader = connect_and_read();
  (void)(*this)(reader, "HELLO 3\r\nSUBSCRIBE c\r\n");
  Peer& writer = connect_and_read();
  for (int i = 0; i < 100; ++i) {
    const std::string key = "k" + std::to_string(i);
    queue(writer, "SET " + key + " v\r\nPUBLISH c " + key + "\r\n");
    std::size_t held_up = random() % GetParam();
    std::string got;
    for (int rounds = 0; step(rt.now(), held_up) || held_up != nobody; ++rounds) {
      if (rounds == 64) held_up = nobody;
      if (reader.got.empty()) continue;
      if (got.empty()) queue(reader, "EXISTS " + key + "\r\n");
      got += take(reader);
    }
    ASSERT_EQ(got, message("c", key, '>') + ":1\r\n");
    ASSERT_EQ(take(writer), "+OK\r\n:1\r\n");
  }
}

TEST_P(SpreadTest, FiguresAreThoseOfAllStores) {
  start();
  Peer& a = connect_and_read();
  fill(a, 30);
  EXPECT_EQ(
      (*this)(a, "EXPIRE key1 100\r\nEXPIRE key2 100\r\nMGET key1 none key3\r\n").substr(0, 8),
      ":1\r\n:1\r\n");
  const std::string info = (*this)(a, "INFO\r\n");
  for (const char* const line :
       {"\r\ndb0:keys=30,expires=2,avg_ttl=0\r\n", "\r\nkeyspace_hits:2\r\n",
        "\r\nkeyspace_misses:1\r\n", "\r\ntotal_commands_processed:33\r\n"})
    EXPECT_NE(info.find(line), std::string::npos) << line << info;
  EXPECT_EQ((*this)(a, "CONFIG RESETSTAT\r\n"), "+OK\r\n");
  const std::string after = (*this)(a, "INFO stats\r\n");
  EXPECT_NE(after.find("\r\ntotal_commands_processed:1\r\n"), std::string::npos) << after;
}

TEST_P(SpreadTest, KeysExpireInEachStore) {
  start();
  Peer& a = connect_and_read();
  std::string requests;
  for (int i = 0; i < 40; ++i) requests += "SET k" + std::to_string(i) + " v PX 500\r\n";
  (void)(*this)(a, requests);
  pass(499ms);
  EXPECT_EQ(number(a, "DBSIZE"), 40);
  pass(2ms);
  EXPECT_EQ(number(a, "DBSIZE"), 0);
}

// What ran here is timed, though its client leaves while it awaits answers of other stores.
TEST_P(SpreadTest, KeysOfAClientThatLeavesBeforeItsAnswersExpire) {
  start();
  Peer& a = connect_and_read();
  std::string requests;
  for (int i = 0; i < 40; ++i) requests += "SET k" + std::to_string(i) + " v PX 300\r\n";
  queue(a, requests);
  rt.run();
  EXPECT_EQ(take(a), "");
  leave(a);
  Peer& b = connect_and_read();
  pass(301ms);
  const std::string info = (*this)(b, "INFO stats\r\n");
  EXPECT_NE(info.find("\r\nexpired_keys:40\r\n"), std::string::npos) << info;
}

TEST_P(SpreadTest, AnAnswerThatIsTooLargeTogetherIsRefused) {
  ServerOptions options;
  options.store.max_answer = 5000;
  start(options);
  Peer& a = connect_and_read();
  std::string keys;
  for (int i = 0; i < 10; ++i) {
    keys += " k" + std::to_string(i);
    EXPECT_EQ((*this)(a, "SET k" + std::to_string(i) + " " + std::string(800, 'v') + "\r\n"),
              "+OK\r\n");
  }
  EXPECT_EQ((*this)(a, "MGET" + keys + "\r\nPING\r\n"),
            "-ERR answer is larger than max-answer\r\n+PONG\r\n");
}

TEST_P(SpreadTest, AStoreThatHasEndedIsToldAndItsClientsAreClosed) {
  start();
  Peer& a = connect_and_read();
  fill(a, 20);
  end_runtime(1);
  std::string answers;
  for (int i = 0; i < 20 && a.ended.empty(); ++i)
    answers += (*this)(a, "GET key" + std::to_string(i) + "\r\n");
  EXPECT_TRUE(answers.ends_with("-ERR a part of this server has ended\r\n")) << answers;
  EXPECT_EQ(a.ended, "end");
  Peer& b = connect_to(0);
  read(b);
  std::string waits;
  for (int i = 0; i < 20 && waits.empty(); ++i)
    waits = (*this)(b, "BLPOP q" + std::to_string(i) + " 0.001\r\n");
  EXPECT_EQ(waits, "-ERR a part of this server has ended\r\n");
}

TEST_P(SpreadTest, AMemberThatFailsEndsTheServer) {
  start();
  call<&Server::member_failed>(first(), std::size_t{1}, "out of memory");
  settle();
  EXPECT_TRUE(has_ended());
}

TEST_P(SpreadTest, ADrainEndsWhenTheClientsOfAllMembersHaveGone) {
  start({}, {.buffer = 1000});
  connect_and_read();
  Peer& slow = connect();
  send(slow, "SET k " + std::string(3000, 'v') + "\r\nGET k\r\n");
  drain();
  EXPECT_FALSE(has_ended());
  read(slow);
  EXPECT_EQ(take(slow), "+OK\r\n" + bulk(std::string(3000, 'v')));
  pass(troupe::linger_time);
  EXPECT_TRUE(has_ended());
}

TEST_P(SpreadTest, ClientsHaveNumbersOfTheirOwn) {
  start();
  std::set<std::string> ids;
  for (int i = 0; i < 12; ++i) ids.insert((*this)(connect_and_read(), "CLIENT ID\r\n"));
  EXPECT_EQ(ids.size(), 12U);
  const std::string list = (*this)(connect_and_read(), "CLIENT LIST\r\n");
  long last = 0;
  int lines = 0;
  for (std::size_t at = list.find("id="); at != std::string::npos; at = list.find("\nid=", at)) {
    at += list[at] == '\n' ? 4 : 3;
    const long id = std::stol(list.substr(at));
    EXPECT_LT(last, id);
    last = id;
    ++lines;
  }
  EXPECT_EQ(lines, 13);
}

}  // namespace
}  // namespace respd
