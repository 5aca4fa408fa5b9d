// tests/respd/server_test.cpp: sessions and the database over a network in memory, in virtual time:
// on one runtime, and spread over several of one thread.
#include "virtual_server.hpp"

namespace respd {
namespace {

// ---- publish and subscribe
TEST_P(ServerTest, MessagesStandBetweenTheAnswers) {
  start();
  Peer& a = connect_and_read();
  Peer& b = connect_and_read();
  EXPECT_EQ((*this)(a, "PING\r\nSUBSCRIBE c\r\n"), "+PONG\r\n" + told("subscribe", "c", 1));
  if (is_spread()) {
    EXPECT_EQ((*this)(b, "PUBLISH c one\r\nPUBLISH c two\r\n"), ":1\r\n:1\r\n");
    EXPECT_EQ(take(a), message("c", "one") + message("c", "two"));
    EXPECT_EQ((*this)(a, "UNSUBSCRIBE c\r\nPING\r\n"), told("unsubscribe", "c", 0) + "+PONG\r\n");
    EXPECT_EQ((*this)(b, "PUBLISH c three\r\n"), ":0\r\n");
    return;
  }
  // All of this is queued before anything of it runs.
  queue(b, "PUBLISH c one\r\nPUBLISH c two\r\n");
  queue(a, "UNSUBSCRIBE c\r\nPING\r\n");
  EXPECT_EQ((*this)(b, "PUBLISH c three\r\n"), ":1\r\n:1\r\n:0\r\n");
  EXPECT_EQ(take(a),
            message("c", "one") + message("c", "two") + told("unsubscribe", "c", 0) + "+PONG\r\n");
}

TEST_P(ServerTest, InResp3ASubscriberMayPublishToItself) {
  start();
  Peer& a = connect_and_read();
  (void)(*this)(a, "HELLO 3\r\n");
  EXPECT_EQ((*this)(a, "SUBSCRIBE c\r\nPING\r\nPUBLISH c me\r\nECHO x\r\n"),
            told("subscribe", "c", 1, '>') + "+PONG\r\n" + message("c", "me", '>') + ":1\r\n" +
                bulk("x"));
  const std::string hello = (*this)(a, "PUBLISH c me\r\nHELLO 2\r\n");
  EXPECT_TRUE(hello.starts_with(message("c", "me", '>') + ":1\r\n*14\r\n")) << hello;
  Peer& b = connect_and_read();
  EXPECT_EQ((*this)(b, "PUBLISH c later\r\n"), ":1\r\n");
  EXPECT_EQ(take(a), message("c", "later"));
}

TEST_P(ServerTest, EachSubscriberIsToldInItsOwnProtocol) {
  start();
  Peer& old = connect_and_read();
  Peer& modern = connect_and_read();
  (void)(*this)(old, "SUBSCRIBE c\r\nPSUBSCRIBE *\r\n");
  (void)(*this)(modern, "HELLO 3\r\nSUBSCRIBE c\r\nPSUBSCRIBE *\r\n");
  Peer& writer = connect_and_read();
  EXPECT_EQ((*this)(writer, "PUBLISH c x\r\n"), ":4\r\n");
  const std::string by_pattern = "4\r\n" + bulk("pmessage") + bulk("*") + bulk("c") + bulk("x");
  EXPECT_EQ(take(old), message("c", "x") + "*" + by_pattern);
  EXPECT_EQ(take(modern), message("c", "x", '>') + ">" + by_pattern);
  EXPECT_EQ((*this)(modern, "UNSUBSCRIBE\r\nHELLO 2\r\n").substr(0, 1), ">");
  EXPECT_EQ((*this)(writer, "PUBLISH c x\r\n"), ":3\r\n");
  EXPECT_EQ(take(modern), "*" + by_pattern);
}

// It is written before; when it is read, across runtimes, is told by whole turns alone.
TEST_P(ServerTest, AMessageComesBeforeTheAnswerToItsPublish) {
  run_whole_turns();
  start();
  Peer& writer = connect_and_read();
  std::vector<Peer*> subscribers;
  for (int i = 0; i < 20; ++i) {
    Peer& peer = *subscribers.emplace_back(&connect_and_read());
    (void)(*this)(peer, i % 2 == 0 ? "SUBSCRIBE c\r\n" : "HELLO 3\r\nPSUBSCRIBE *\r\n");
  }
  for (const std::string_view requests :
       {"PUBLISH c one\r\n", "PUBLISH c two\r\n", "PING\r\nPUBLISH c three\r\nPING\r\n"}) {
    (void)(*this)(writer, std::string(requests));
    for (const Peer* const peer : subscribers) EXPECT_LT(peer->arrived, writer.arrived) << requests;
  }
}

TEST_P(ServerTest, ASubscriberThatDoesNotReadIsCutOffAlone) {
  ServerOptions options;
  options.client.max_output = 4096;
  start(options, {.buffer = 1000});
  Peer& slow = connect();
  Peer& fast = connect_and_read();
  send(slow, "SUBSCRIBE c\r\n");
  EXPECT_EQ((*this)(fast, "SUBSCRIBE c\r\n"), told("subscribe", "c", 1));
  Peer& writer = connect_and_read();
  const std::string text(100, 'x');
  int before_the_cut = 0;
  while (before_the_cut < 1000 && (*this)(writer, "PUBLISH c " + text + "\r\n") == ":2\r\n")
    ++before_the_cut;
  // What fits into the network and the bound, and the one that is being written: then the next one
  // finds it gone.
  const auto size = static_cast<int>(message("c", text).size());
  EXPECT_GE(before_the_cut, 4096 / size);
  EXPECT_LE(before_the_cut, (4096 + 1000) / size + 2);
  std::string all;
  for (int i = 0; i <= before_the_cut; ++i) all += message("c", text);
  EXPECT_EQ(take(fast), all);
  read(slow);
  EXPECT_FALSE(slow.ended.empty());
  EXPECT_EQ((*this)(writer, "PUBSUB NUMSUB c\r\n"), "*2\r\n" + bulk("c") + ":1\r\n");
}

TEST_P(ServerTest, AnAnswerBeyondTheBoundDoesNotEndASubscriber) {
  ServerOptions options;
  options.client.max_output = 4096;
  start(options, {.buffer = 1000});
  Peer& a = connect();
  const std::string large(20000, 'v');
  send(a, "SET k " + large + "\r\n");
  send(a, "HELLO 3\r\nSUBSCRIBE c\r\nGET k\r\nGET k\r\nPING\r\n");
  read(a);
  EXPECT_TRUE(
      a.got.ends_with(told("subscribe", "c", 1, '>') + bulk(large) + bulk(large) + "+PONG\r\n"));
  EXPECT_EQ(a.ended, "");
}

// ---- answers that wait
constexpr std::size_t output_bound = 4096;

// One client's pipeline counts how far it has come; another one looks. The braces keep both keys in
// one store: each has the bound.
class UnreadPipelineTest : public ServerTest {
 protected:
  void begin(std::size_t max_output) {
    ServerOptions options;
    options.client.max_output = max_output;
    start(options, {.buffer = 1000});
  }
  void expect_bounded(std::size_t bound, std::size_t value_size, std::string_view before = "") {
    constexpr int rounds = 100;
    const std::string value(value_size, 'v');
    Peer& other = connect_and_read();
    EXPECT_EQ((*this)(other, "SET k " + value + "\r\n"), "+OK\r\n");
    Peer& greedy = connect();
    send(greedy, std::string(before));
    std::string pipeline, answers;
    for (int i = 1; i <= rounds; ++i) {
      pipeline += "GET k\r\nINCR {k}n\r\n";
      answers += bulk(value) + ":" + std::to_string(i) + "\r\n";
    }
    send(greedy, pipeline + "ECHO last\r\n");
    // As many rounds as fit, and the answer that fills it up.
    const std::size_t fit = bound / (bulk(value).size() + 4);
    EXPECT_EQ((*this)(other, "GET {k}n\r\n"), bulk(std::to_string(fit)));
    read(greedy);
    EXPECT_TRUE(greedy.got.ends_with(answers + bulk("last")));
    EXPECT_EQ(greedy.ended, "");
    EXPECT_EQ((*this)(other, "GET {k}n\r\n"), bulk(std::to_string(rounds)));
  }
};

TEST_P(UnreadPipelineTest, WaitsForItsClient) {
  begin(output_bound);
  expect_bounded(output_bound, 1000);
}

TEST_P(UnreadPipelineTest, OfASubscriberWaitsAsWell) {
  begin(output_bound);
  expect_bounded(output_bound, 1000, "HELLO 3\r\nSUBSCRIBE c\r\n");
}

TEST_P(UnreadPipelineTest, LeavesTheOthersTheirTurn) {
  begin(1 << 30);
  expect_bounded(Database::answers_a_turn, 50000);
}

TEST_P(UnreadPipelineTest, GoesWithItsClient) {
  begin(output_bound);
  Peer& greedy = connect();
  send(greedy, "SET k " + std::string(1000, 'v') + "\r\n");
  std::string pipeline;
  for (int i = 0; i < 500; ++i) pipeline += "GET k\r\nINCR {k}n\r\n";
  send(greedy, pipeline);
  leave(greedy);
  Peer& other = connect_and_read();
  EXPECT_EQ((*this)(other, "GET {k}n\r\n"), bulk("4"));
}

TEST_P(ServerTest, AnAnswerThatIsTooLargeIsReplacedByAnError) {
  ServerOptions options;
  options.store.max_answer = 5000;
  start(options);
  Peer& a = connect_and_read();
  const std::string value(2500, 'v');
  const std::string error = "-ERR answer is larger than max-answer\r\n";
  EXPECT_EQ((*this)(a, "SET k " + value + "\r\nGET k\r\nMGET k k\r\nPING\r\nGET k\r\n"),
            "+OK\r\n" + bulk(value) + error + "+PONG\r\n" + bulk(value));
  // Each answer has a bound, not the pipeline.
  EXPECT_EQ((*this)(a, "GET k\r\nGET k\r\nGET k\r\n"), bulk(value) + bulk(value) + bulk(value));
  EXPECT_EQ((*this)(a, "SADD s x\r\nSRANDMEMBER s -1251\r\nPING\r\n"),
            ":1\r\n" + error + "+PONG\r\n");
  EXPECT_TRUE((*this)(a, "SRANDMEMBER s -100\r\n").starts_with("*100\r\n"));
  Peer& b = connect_and_read();
  EXPECT_EQ((*this)(b, "BLPOP q 0\r\n"), "");
  EXPECT_EQ((*this)(a, "RPUSH q " + value + value + "v\r\n"), ":1\r\n");
  EXPECT_EQ(take(b), error);
}

// ---- waiting for lists
TEST_P(ServerTest, WhoWaitsLongestIsServedFirst) {
  start();
  Peer& a = connect_and_read();
  Peer& b = connect_and_read();
  Peer& c = connect_and_read();
  Peer& writer = connect_and_read();
  EXPECT_EQ((*this)(a, "BLPOP q 0\r\nPING\r\n"), "");
  EXPECT_EQ((*this)(b, "BRPOP none q 0\r\n"), "");
  EXPECT_EQ((*this)(c, "BLPOP q 0\r\n"), "");
  EXPECT_EQ((*this)(writer, "RPUSH q 1 2\r\nLLEN q\r\n"), ":2\r\n:0\r\n");
  EXPECT_EQ(take(a), popped("q", "1") + "+PONG\r\n");
  EXPECT_EQ(take(b), popped("q", "2"));
  EXPECT_EQ((*this)(writer, "SET none text\r\nRPUSH q 3\r\n"), "+OK\r\n:1\r\n");
  EXPECT_EQ(take(c), popped("q", "3"));
}

TEST_P(ServerTest, AWaitEndsWithItsTime) {
  start();
  Peer& a = connect_and_read();
  Peer& b = connect_and_read();
  EXPECT_EQ((*this)(a, "BLPOP q 2\r\nPING\r\n"), "");
  EXPECT_EQ((*this)(b, "BLPOP q 0\r\n"), "");
  pass(1999ms);
  EXPECT_EQ(take(a), "");
  pass(1ms);
  EXPECT_EQ(take(a), "*-1\r\n+PONG\r\n");
  pass(24h * 365);
  EXPECT_EQ((*this)(a, "RPUSH q x\r\n"), ":1\r\n");
  EXPECT_EQ(take(b), popped("q", "x"));
}

TEST_P(ServerTest, TheLineIsJoinedWhereTheCommandRuns) {
  start({}, {.buffer = 1000});
  Peer& a = connect();
  Peer& b = connect_and_read();
  const std::string large(20000, 'v');
  EXPECT_EQ((*this)(b, "SET k " + large + "\r\n"), "+OK\r\n");
  send(a, "GET k\r\nBLPOP q 0\r\n");  // its first answer cannot be sent, so its session has not
                                      // asked to wait
  EXPECT_EQ((*this)(b, "RPUSH q x\r\nLLEN q\r\n"), ":1\r\n:0\r\n");
  read(a);
  EXPECT_EQ(take(a), bulk(large) + popped("q", "x"));
}

TEST_P(ServerTest, AClientThatLeftTakesNothing) {
  start();
  Peer& a = connect_and_read();
  Peer& b = connect_and_read();
  EXPECT_EQ((*this)(a, "BLPOP q 0\r\n"), "");
  leave(a);
  EXPECT_EQ((*this)(b, "RPUSH q x\r\nLLEN q\r\n"), ":1\r\n:1\r\n");
}

TEST_P(ServerTest, ASubscriberThatWaitsGetsMessages) {
  start();
  Peer& a = connect_and_read();
  Peer& b = connect_and_read();
  (void)(*this)(a, "HELLO 3\r\nSUBSCRIBE c\r\nBLPOP q 5\r\n");
  if (is_spread()) {  // what comes from two runtimes has no order
    for (const char* const request : {"PUBLISH c one\r\n", "RPUSH q x\r\n", "PUBLISH c two\r\n"})
      EXPECT_EQ((*this)(b, request), ":1\r\n");
  } else {
    EXPECT_EQ((*this)(b, "PUBLISH c one\r\nRPUSH q x\r\nPUBLISH c two\r\n"), ":1\r\n:1\r\n:1\r\n");
  }
  EXPECT_EQ(take(a), message("c", "one", '>') + popped("q", "x") + message("c", "two", '>'));
}

TEST_P(ServerTest, AClientThatReadsSlowlyIsNotIdle) {
  ServerOptions options;
  options.client.max_output = output_bound;
  options.client.idle = 10s;
  start(options, {.buffer = 1000});
  Peer& a = connect();
  const std::string value(8000, 'v');
  send(a, "SET k " + value + "\r\n");
  send(a, "GET k\r\nGET k\r\nGET k\r\n");
  for (int i = 0; i < 3; ++i) {
    pass(9s);
    read_only(a, 8000);
  }
  read(a);
  EXPECT_EQ(a.got, "+OK\r\n" + bulk(value) + bulk(value) + bulk(value));
  EXPECT_EQ(a.ended, "");
  pass(10s);
  pass(Session::second_look);
  EXPECT_EQ(a.ended, "end");
}

// ---- who is idle
class IdleTest : public ServerTest {
 protected:
  void start_with(Duration idle) {
    ServerOptions options;
    options.client.idle = idle;
    start(options, {.buffer = 1000});
  }
  // Whether the server still has this client, which is its first.
  bool is_there(Peer& other) {
    return (*this)(other, "CLIENT LIST\r\n").find("id=1 ") != std::string::npos;
  }
};

TEST_P(IdleTest, OneThatAsksNothing) {
  start_with(10s);
  Peer& a = connect_and_read();
  pass(9999ms);
  EXPECT_EQ((*this)(a, "PI"), "");
  pass(9999ms);
  EXPECT_EQ((*this)(a, "NG\r\n"), "+PONG\r\n");
  pass(9999ms);
  EXPECT_EQ(a.ended, "");
  pass(1ms);
  pass(Session::second_look);
  EXPECT_EQ(a.ended, "end");
}

TEST_P(IdleTest, NotOneThatWaitsForAList) {
  start_with(10s);
  Peer& a = connect_and_read();
  EXPECT_EQ((*this)(a, "BLPOP q 0\r\n"), "");
  pass(1h);
  Peer& b = connect_and_read();
  EXPECT_EQ((*this)(b, "RPUSH q x\r\n"), ":1\r\n");
  EXPECT_EQ(take(a), popped("q", "x"));
  pass(9999ms);
  EXPECT_EQ(a.ended, "");
  pass(1ms);
  pass(Session::second_look);
  EXPECT_EQ(a.ended, "end");
}

TEST_P(IdleTest, NotOneThatIsSubscribed) {
  start_with(10s);
  Peer& a = connect_and_read();
  (void)(*this)(a, "HELLO 3\r\nSUBSCRIBE c\r\n");
  pass(1h);
  Peer& b = connect_and_read();
  EXPECT_EQ((*this)(b, "PUBLISH c one\r\n"), ":1\r\n");
  EXPECT_EQ(take(a), message("c", "one", '>'));
  pass(1h);
  EXPECT_EQ((*this)(a, "UNSUBSCRIBE\r\n"), told("unsubscribe", "c", 0, '>'));
  pass(9999ms);
  EXPECT_EQ(a.ended, "");
  pass(1ms);
  pass(Session::second_look);
  EXPECT_EQ(a.ended, "end");
}

TEST_P(IdleTest, NotOneThatReadsALongAnswerSlowly) {
  start_with(10s);
  Peer& a = connect();
  const std::string value(200'000, 'v');
  send(a, "SET k " + value.substr(0, 50'000) + "\r\n");
  for (int i = 0; i < 3; ++i) send(a, "APPEND k " + value.substr(0, 50'000) + "\r\n");
  send(a, "GET k\r\n");
  for (int i = 0; i < 10; ++i) {
    pass(9s);
    read_only(a, 20'000);
  }
  read(a);
  EXPECT_TRUE(a.got.ends_with(bulk(value)));
  EXPECT_EQ(a.ended, "");
  pass(10s);
  pass(Session::second_look);
  EXPECT_EQ(a.ended, "end");
}

TEST_P(IdleTest, OneThatTakesNothingOfItsAnswer) {
  start_with(10s);
  Peer& a = connect();
  send(a, "SET k " + std::string(20'000, 'v') + "\r\nGET k\r\n");
  pass(9999ms);
  EXPECT_TRUE(is_there(connect_and_read()));
  pass(1ms);
  pass(Session::second_look);
  EXPECT_FALSE(is_there(connect_and_read()));
}

TEST_P(IdleTest, NotOneThatSendsBeforeItReads) {
  start_with(10s);
  Peer& a = connect();
  send(a, "SET k " + std::string(20'000, 'v') + "\r\nGET k\r\n");
  for (int i = 0; i < 10; ++i) {
    pass(9s);
    send(a, "PING\r\n");
  }
  EXPECT_TRUE(is_there(connect_and_read()));
  pass(10s);
  pass(Session::second_look);
  EXPECT_FALSE(is_there(connect_and_read()));
}

TEST_P(IdleTest, ASubscriberThatTakesNothingOfItsMessages) {
  start_with(10s);
  Peer& a = connect();
  send(a, "SUBSCRIBE c\r\n");
  pass(1h);
  Peer& b = connect_and_read();
  EXPECT_EQ((*this)(b, "PUBLISH c " + std::string(2000, 'm') + "\r\n"), ":1\r\n");
  pass(9s);
  EXPECT_EQ((*this)(b, "PUBLISH c more\r\n"), ":1\r\n");
  EXPECT_TRUE(is_there(b));
  pass(1s);
  pass(Session::second_look);
  EXPECT_FALSE(is_there(connect_and_read()));
}

TEST_P(IdleTest, NotOneWhoseRequestTheServerHadNoTimeToRead) {
  start_with(10s);
  Peer& a = connect_and_read();
  queue(a, "PING\r\n");
  pass(1h);  // one turn, in which the request comes and the time is over
  EXPECT_EQ(take(a), "+PONG\r\n");
  EXPECT_EQ(a.ended, "");
}

TEST_P(IdleTest, NotOneThatIsHeardOutAtItsEnd) {
  start_with(500ms);
  Peer& a = connect_and_read();
  EXPECT_EQ((*this)(a, "QUIT\r\n"), "+OK\r\n");
  const auto alive = actors();
  pass(999ms);
  EXPECT_EQ(actors(), alive);
  pass(1ms);
  EXPECT_EQ(actors(), alive - 1);
}

// ---- before a login
TEST_P(ServerTest, BeforeALoginFewRequestsMayWait) {
  ServerOptions options;
  options.store.password = "secret";
  options.client.max_before_login = 10'000;
  start(options, {.buffer = 1000});
  std::string requests;
  for (int i = 0; i < 2000; ++i) requests += "GET k\r\n";
  for (const std::string_view password : {"wrong", "secret"}) {
    Peer& a = connect();
    send(a, "AUTH " + std::string(password) + "\r\n" + requests);
    read(a);
    const bool is_right = password == "secret";
    EXPECT_EQ(a.ended, is_right ? "" : "connection reset") << password;
    EXPECT_EQ(take(a).ends_with("$-1\r\n"), is_right);
  }
  Peer& a = connect_and_read();
  std::string answers;
  for (int i = 0; i < 2000; ++i) answers += "-NOAUTH Authentication required.\r\n";
  EXPECT_EQ((*this)(a, requests), answers);  // it reads them, so they do not wait
  EXPECT_EQ((*this)(a, "AUTH secret\r\nGET k\r\n"), "+OK\r\n$-1\r\n");
}

// ---- what the server tells about itself
std::string field(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(std::string(" ").append(name).append("="));
  if (at == std::string_view::npos) return "none";
  const std::size_t from = at + name.size() + 2;
  return std::string(text.substr(from, text.find_first_of(" \n", from) - from));
}

TEST_P(ServerTest, ConfigTellsTheOptions) {
  ServerOptions options;
  options.port = 7000;
  options.bind = "192.0.2.1";
  options.max_clients = 12;
  options.client.idle = 90s;
  options.store.password = "secret";
  start(options);
  Peer& a = connect_and_read();
  (void)(*this)(a, "AUTH secret\r\n");
  const auto config = [&](const std::string& name) {
    return (*this)(a, "CONFIG GET " + name + "\r\n");
  };
  const auto pair = [](std::string_view name, std::string_view value) {
    return "*2\r\n" + bulk(name) + bulk(value);
  };
  EXPECT_EQ(config("port"), pair("port", "7000"));
  EXPECT_EQ(config("bind"), pair("bind", "192.0.2.1"));
  EXPECT_EQ(config("maxclients"), pair("maxclients", "12"));
  EXPECT_EQ(config("timeout"), pair("timeout", "90"));
  EXPECT_EQ(config("requirepass"), pair("requirepass", "secret"));
  const std::string info = (*this)(a, "INFO\r\n");
  EXPECT_NE(info.find("\r\ntcp_port:7000\r\n"), std::string::npos) << info;
  EXPECT_NE(info.find("\r\nmaxclients:12\r\n"), std::string::npos) << info;
}

TEST_P(ServerTest, ClientListTellsOfEachClient) {
  start();
  Peer& a = connect_and_read();
  Peer& b = connect_and_read();
  (void)(*this)(a,
                "HELLO 3\r\nCLIENT SETNAME me\r\nSELECT 5\r\nSUBSCRIBE x y\r\nPSUBSCRIBE p*\r\n");
  pass(3s);
  (void)(*this)(a, "BLPOP q 0\r\n");
  pass(4s);
  const std::string list = (*this)(b, "CLIENT LIST\r\n");
  const std::string first = list.substr(0, list.find('\n', list.find("id=")));
  EXPECT_NE(first.find("id=1 "), std::string::npos) << first;
  const std::pair<const char*, const char*> fields[] = {
      {"name", "me"}, {"age", "7"},    {"idle", "4"}, {"db", "5"},     {"sub", "2"},
      {"psub", "1"},  {"flags", "Pb"}, {"resp", "3"}, {"cmd", "blpop"}};
  for (const auto& [name, value] : fields) EXPECT_EQ(field(first, name), value) << first;
  EXPECT_EQ((*this)(b, "SELECT 5\r\nRPUSH q x\r\nCLIENT ID\r\n"), "+OK\r\n:1\r\n:2\r\n");
  const std::string info = (*this)(b, "CLIENT INFO\r\n");
  EXPECT_NE(info.find("\nid=2 "), std::string::npos) << info;
  EXPECT_EQ(field(info, "cmd"), "client|info");
  EXPECT_EQ(field((*this)(b, "CLIENT LIST\r\n"), "flags"), "P");
}

TEST_P(ServerTest, InfoCountsAtOnce) {
  start();
  Peer& a = connect_and_read();
  Peer& b = connect_and_read();
  send(a, "SUBSCRIBE x y\r\nPSUBSCRIBE p*\r\n");
  const auto expect_line = [&](const std::string& line) {
    const std::string info = (*this)(b, "INFO\r\n");
    EXPECT_NE(info.find("\r\n" + line + "\r\n"), std::string::npos) << line << info;
  };
  expect_line("connected_clients:2");
  expect_line("pubsub_channels:2");
  expect_line("pubsub_patterns:1");
  leave(a);
  expect_line("connected_clients:1");
  expect_line("pubsub_channels:0");
  expect_line("pubsub_patterns:0");
  expect_line("total_connections_received:2");
}

// ---- ends
TEST_P(ServerTest, ABrowserIsHeardNoFurther) {
  start();
  for (const char* const begin : {"POST / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nhost: respd\r\n"}) {
    Peer& a = connect_and_read();
    EXPECT_EQ((*this)(a, std::string(begin) + "\r\nSET k v\r\n"), "");
    EXPECT_EQ(a.ended, "end");
  }
  Peer& b = connect_and_read();
  EXPECT_EQ((*this)(b, "EXISTS k\r\n"), ":0\r\n");
}

TEST_P(ServerTest, AnErrorArrivesThoughTheClientGoesOnSending) {
  start({}, {.latency = 5ms});
  Peer& a = connect();
  pass(5ms);
  send(a, "*1\r\n:5\r\n");
  send(a, std::string(50000, 'x'));
  pass(5ms);
  pass(5ms);
  send(a, std::string(1000, 'x'));
  read(a);
  pass(5ms);
  EXPECT_EQ(take(a), "-ERR Protocol error: expected '$', got ':'\r\n");
  EXPECT_EQ(a.ended, "end");
  leave(a);
  pass(5ms);
  Peer& b = connect();
  pass(5ms);
  read(b);
  send(b, "CLIENT LIST\r\n");
  pass(5ms);
  pass(5ms);
  EXPECT_EQ(b.got.find("id=1"), std::string::npos) << b.got;
}

TEST_P(ServerTest, ADrainEndsAtOnceWhatWaitsForNothing) {
  start();
  Peer& idle = connect_and_read();
  EXPECT_EQ((*this)(idle, "SET k v\r\n"), "+OK\r\n");
  Peer& blocked = connect_and_read();
  EXPECT_EQ((*this)(blocked, "PING\r\nBLPOP q 0\r\n"), "+PONG\r\n");
  Peer& half = connect_and_read();
  EXPECT_EQ((*this)(half, "*2\r\n$4\r\nECHO"), "");
  drain();
  for (Peer* const peer : {&idle, &blocked, &half}) {
    EXPECT_EQ(peer->ended, "end");
    EXPECT_EQ(peer->got, "");
    leave(*peer);
  }
  EXPECT_TRUE(has_ended());
}

TEST_P(ServerTest, ADrainLetsClientsHaveTheirAnswers) {
  ServerOptions options;
  options.client.max_output = 4096;
  start(options, {.buffer = 1000});
  Peer& slow = connect();
  const std::string value(3000, 'v');
  send(slow, "SET k " + value + "\r\nGET k\r\nGET k\r\nGET k\r\nPING\r\n");
  Peer& subscriber = connect();
  send(subscriber, "HELLO 3\r\nSUBSCRIBE c\r\n");
  Peer& writer = connect_and_read();
  std::string messages;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ((*this)(writer, "PUBLISH c " + std::string(100, 'm') + "\r\n"), ":1\r\n");
    messages += message("c", std::string(100, 'm'), '>');
  }
  drain();
  drain();
  EXPECT_FALSE(has_ended());
  read(slow);
  EXPECT_EQ(take(slow), "+OK\r\n" + bulk(value) + bulk(value) + bulk(value) + "+PONG\r\n");
  EXPECT_EQ(slow.ended, "end");
  read(subscriber);
  EXPECT_TRUE(subscriber.got.ends_with(told("subscribe", "c", 1, '>') + messages));
  EXPECT_EQ(subscriber.ended, "end");
  EXPECT_FALSE(has_ended());
  pass(troupe::linger_time);
  EXPECT_TRUE(has_ended());
}

TEST_P(ServerTest, ADrainTakesNoMoreClients) {
  start();
  Peer& first = connect_and_read();
  drain();
  Peer& late = connect();
  EXPECT_FALSE(late.connection);
  EXPECT_EQ(first.ended, "end");
  leave(first);
  EXPECT_TRUE(has_ended());
}

TEST_P(ServerTest, ADrainWithoutClientsEndsAtOnce) {
  start();
  drain();
  EXPECT_TRUE(has_ended());
}

TEST_P(ServerTest, AListenerThatFailsIsAFailureOfTheServer) {
  std::optional<MemoryNetwork> net(std::in_place, rt.core());
  const auto server =
      make_actor<Server>(rt, ret_shutdown(rt), std::move(*net->listen("respd")), ServerOptions());
  rt.run();
  EXPECT_FALSE(rt.shutdown_reason().has_value());
  net.reset();
  rt.run();
  const auto cause = rt.shutdown_reason();
  ASSERT_TRUE(cause.has_value());
  EXPECT_EQ(cause->kind(), StopCause::failed);
  EXPECT_TRUE(cause->error().text().starts_with("accept failed: ")) << cause->error().text();
}

TEST_P(ServerTest, AClientThatDoesNotCloseIsClosed) {
  start();
  Peer& a = connect_and_read();
  EXPECT_EQ((*this)(a, "QUIT\r\n"), "+OK\r\n");
  EXPECT_EQ(a.ended, "end");
  const auto alive = actors();
  pass(troupe::linger_time);
  EXPECT_EQ(actors(), alive - 1);
}

TEST_P(ServerTest, ClientsBeyondTheMostAreTold) {
  ServerOptions options;
  options.max_clients = 1;
  start(options);
  const auto connect_and_read = [this]() -> Peer& {  // each runtime has so many
    Peer& peer = connect_to(0);
    read(peer);
    return peer;
  };
  Peer& first = connect_and_read();
  for (std::size_t i = 0; i < Server::refusals_at_once; ++i) {
    Peer& refused = connect_and_read();
    EXPECT_EQ(take(refused), "-ERR max number of clients reached\r\n");
    EXPECT_EQ(refused.ended, "end");
  }
  Peer& unheard = connect_and_read();
  EXPECT_EQ(take(unheard), "");
  EXPECT_EQ(unheard.ended, "end");
  pass(troupe::linger_time);
  EXPECT_EQ(take(connect_and_read()), "-ERR max number of clients reached\r\n");
  EXPECT_EQ((*this)(first, "PING\r\n"), "+PONG\r\n");
}

const auto runtimes = testing::Values<std::size_t>(1, 2, 4);
INSTANTIATE_TEST_SUITE_P(Runtimes, ServerTest, runtimes);
INSTANTIATE_TEST_SUITE_P(Runtimes, UnreadPipelineTest, runtimes);
INSTANTIATE_TEST_SUITE_P(Runtimes, IdleTest, runtimes);

}  // namespace
}  // namespace respd
