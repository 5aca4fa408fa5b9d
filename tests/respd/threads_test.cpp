// tests/respd/threads_test.cpp: a server on several threads under clients of all of them: nothing
// is lost, and each client sees what it has done.
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <troupe/core.hpp>
#include <troupe/io.hpp>
#include <troupe/io/memory_network.hpp>
#include <troupe/loop/bare.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <utility>
#include <vector>

#include "server/server.hpp"

namespace respd {
namespace {

using namespace troupe;

constexpr unsigned runtimes = 3;
constexpr int clients = 4;  // of each runtime
constexpr int rounds = 60;
constexpr int keys = 7;

// Hears of each client, and ends the test.
class Judge {
 public:
  void done(Cx<Judge>& cx, const std::string& wrong) {
    if (!wrong.empty()) ADD_FAILURE() << wrong;
    if (++done_ == static_cast<int>(runtimes) * clients) cx.stop();
  }

 private:
  int done_ = 0;
};

struct Joint {
  Remote<Server> server;
  Remote<Database> store;
};

// What a runtime keeps: a network of its own, and its member of the server.
struct Half {
  std::unique_ptr<MemoryNetwork> net;
  ActorOwn<Server> server;
};
struct NetRef {
  explicit NetRef(MemoryNetwork& n) : net(&n) {}
  MemoryNetwork* net;
};

Step<std::string> exchange(Connection& connection, const std::string& requests,
                           std::size_t answer) {
  (void)co_await connection.write(requests);
  std::string got;
  std::array<std::byte, 4096> room;
  while (got.size() < answer) {
    const auto more = co_await connection.read_some(room);
    if (!more || *more == 0) break;
    got.append(reinterpret_cast<const char*>(room.data()), *more);
  }
  co_return got;
}

// Each round is one pipeline: to keys of its own and to keys that all clients count up.
Step<std::string> work(NetRef net, std::string name) {
  auto connection = co_await net.net->connect("respd");
  if (!connection) co_return "no connection";
  for (int i = 0; i < rounds; ++i) {
    const std::string value = "value" + std::to_string(1000 + i);
    const std::string bulk = "$9\r\n" + value + "\r\n";
    const std::string other = name + "b";
    const std::string requests = "SET " + name + " " + value + "\r\nPUBLISH news " + name +
                                 "\r\nSETNX " + other + " x\r\nGET " + name + "\r\nMGET " + name +
                                 " " + other + " none\r\nDEL " + other + " none\r\nHINCRBY count" +
                                 std::to_string(i % keys) + " n 1\r\nGET " + name + "\r\n";
    const std::string begin =
        "+OK\r\n:0\r\n:1\r\n" + bulk + "*3\r\n" + bulk + "$1\r\nx\r\n$-1\r\n:1\r\n:";
    const std::size_t least = begin.size() + 3 + bulk.size();
    std::string got = co_await exchange(*connection, requests, least);
    while (!got.ends_with(bulk)) {
      const std::string more = co_await exchange(*connection, "", 1);
      if (more.empty()) break;
      got += more;
    }
    if (!got.starts_with(begin) || !got.ends_with(bulk)) co_return name + ": " + got;
  }
  co_return "";
}

Task<> client(NetRef net, std::string name, Remote<Judge> judge) {
  std::string wrong = co_await work(net, std::move(name));
  call<&Judge::done>(judge, std::move(wrong));
}

Half begin(Runtime& rt, std::size_t number, std::promise<Joint> made, Remote<Judge> judge,
           std::shared_ptr<Places> places) {
  Half half;
  half.net = std::make_unique<MemoryNetwork>(rt.core());
  const Member member{number, runtimes, std::move(places)};
  half.server = make_actor<Server>(rt, ret_shutdown(rt), std::move(*half.net->listen("respd")),
                                   ServerOptions(), member);
  rt.run(Clock::now());
  made.set_value({remote(half.server), *query<&Server::store>(rt, half.server)});
  for (int i = 0; i < clients; ++i)
    spawn(rt, client, ret_nop, NetRef(*half.net),
          "own" + std::to_string(number) + "x" + std::to_string(i), judge);
  return half;
}

// What all have counted.
struct Sum {
  explicit Sum(int& s) : sum(&s) {}
  int* sum;
};
Task<> count(Core& core, NetRef net, Sum to) {
  auto connection = co_await net.net->connect("respd");
  for (int i = 0; i < keys; ++i) {
    const std::string got =
        co_await exchange(*connection, "HGET count" + std::to_string(i) + " n\r\n", 7);
    *to.sum += std::stoi(got.substr(got.find('\n') + 1));
  }
  core.shutdown(StopCause::stopped);
}

TEST(Threads, ClientsOfAllRuntimesCountTogether) {
  const Ensemble ensemble(runtimes);
  Runtime rt{Clock::now()};
  ensemble.seat(0, rt);
  const auto judge = make_actor<Judge>(rt, ret_shutdown(rt));
  const auto places = std::make_shared<Places>(std::size_t{1000});
  std::vector<std::promise<Joint>> made(runtimes);
  std::vector<std::future<Joint>> joints;
  for (auto& each : made) joints.push_back(each.get_future());
  const Half own = begin(rt, 0, std::move(made[0]), remote(judge), places);
  EnsembleThreads threads(ensemble);
  for (unsigned i = 1; i < runtimes; ++i)
    threads.start(i, &begin, std::size_t{i}, std::move(made[i]), remote(judge), places);
  std::vector<Remote<Server>> servers;
  std::vector<Remote<Database>> stores;
  for (auto& each : joints) {
    const Joint joint = each.get();
    servers.push_back(joint.server);
    stores.push_back(joint.store);
  }
  const RemoteSet<Server> members(servers);
  const RemoteSet<Database> all(stores);
  for (const auto& server : members) call<&Server::join>(server, members, all);
  (void)run(rt);  // until the judge has heard of all
  int sum = 0;
  spawn(rt, count, ret_nop, NetRef(*own.net), Sum(sum));
  (void)run(rt);
  EXPECT_EQ(sum, static_cast<int>(runtimes) * clients * rounds);
  EXPECT_FALSE(threads.stop(StopCause::stopped).has_error());
}

}  // namespace
}  // namespace respd
