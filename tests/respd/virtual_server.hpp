// tests/respd/virtual_server.hpp: a server over networks in memory, in virtual time: on one
// runtime, or spread over several of one thread; and its clients.
#pragma once
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/io.hpp>
#include <troupe/io/memory_network.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <utility>
#include <vector>

#include "server/server.hpp"

namespace respd {
namespace {

using namespace troupe;
using namespace std::chrono_literals;

// A client: what it was sent since it was looked at last, and how its connection ended.
struct Peer {
  std::size_t at = 0;  // the runtime to which it is connected
  Connection connection;
  std::string got;
  std::size_t arrived = 0;  // when the last of it came: all reads of all clients are counted
  std::string ended;
  TaskRef reads;
};
struct Ref {
  explicit Ref(Peer& p) : peer(&p) {}
  Peer* peer;
};
struct Net {
  explicit Net(MemoryNetwork& n) : net(&n) {}
  MemoryNetwork* net;
};

inline Task<> dial(Ref to, Net net) {
  auto connection = co_await net.net->connect("respd");
  if (connection) to.peer->connection = std::move(*connection);
}
inline std::size_t arrivals = 0;
inline Task<> read_all(Ref from) {
  std::array<std::byte, 4096> room;
  for (;;) {
    const auto got = co_await from.peer->connection.read_some(room);
    from.peer->arrived = ++arrivals;
    if (!got) {
      from.peer->ended = to_string(got.error().kind());
      co_return;
    }
    if (*got == 0) {
      from.peer->ended = "end";
      co_return;
    }
    from.peer->got.append(reinterpret_cast<const char*>(room.data()), *got);
  }
}
inline Task<> read_some(Ref from, std::size_t most) {
  std::string room(most, '\0');
  for (std::size_t read = 0; read < most;) {
    const auto got = co_await from.peer->connection.read_some(
        std::as_writable_bytes(std::span(room).first(most - read)));
    if (!got || *got == 0) co_return;
    from.peer->got.append(room, 0, *got);
    read += *got;
  }
}
inline Task<> write_all(Ref to, std::string text) {
  (void)co_await to.peer->connection.write(text);
}

// The parameter is the number of runtimes. Clients come to one after the other.
class ServerTest : public testing::TestWithParam<std::size_t> {
 protected:
  static constexpr std::size_t nobody = SIZE_MAX;

  ServerTest() {
    for (unsigned i = 0; is_spread() && i < GetParam(); ++i) ensemble_.seat(i, *runtimes_[i]);
  }
  void start(ServerOptions options = {}, MemoryOptions network = {}) {
    Member member{.of = GetParam()};
    if (is_spread()) member.places = std::make_shared<Places>(options.max_clients);
    std::vector<Remote<Server>> servers;
    std::vector<Remote<Database>> stores;
    for (const auto& made : runtimes_) {
      Runtime& each = *made;
      MemoryNetwork& net = nets_.emplace_back(each.core(), network);
      servers_.push_back(
          make_actor<Server>(each, ret_nop, std::move(*net.listen("respd")), options, member));
      each.run();
      ++member.number;
      if (!is_spread()) continue;
      servers.push_back(remote(servers_.back()));
      stores.push_back(*query<&Server::store>(each, servers_.back()));
    }
    for (const Remote<Server>& server : servers)
      call<&Server::join>(server, RemoteSet<Server>(servers), RemoteSet<Database>(stores));
    settle();
  }
  void TearDown() override {
    for (Peer& peer : peers_) leave(peer);
    servers_.clear();
    settle();
    pass(1s);  // what is on its way arrives
    for (const auto& each : runtimes_) {
      if (!each) continue;
      EXPECT_EQ(each->live_tasks(), 0U);
      EXPECT_EQ(each->live_timers(), 0U);
      EXPECT_EQ(each->live_rets(), 0U);
    }
  }
  Peer& connect() { return connect_to(peers_.size() % runtimes_.size()); }
  Peer& connect_to(std::size_t runtime) {
    Peer& peer = peers_.emplace_back();
    peer.at = runtime;
    spawn(*runtimes_[peer.at], dial, ret_nop, Ref(peer), Net(nets_[peer.at]));
    settle();
    return peer;
  }
  Peer& connect_and_read() {
    Peer& peer = connect();
    read(peer);
    return peer;
  }
  void read(Peer& peer) {
    peer.reads = spawn(*runtimes_[peer.at], read_all, ret_nop, Ref(peer));
    settle();
  }
  void read_only(Peer& peer, std::size_t most) {
    spawn(*runtimes_[peer.at], read_some, ret_nop, Ref(peer), most);
    settle();
  }
  // Does not run yet.
  void queue(Peer& peer, std::string text) {
    spawn(*runtimes_[peer.at], write_all, ret_nop, Ref(peer), std::move(text));
  }
  void send(Peer& peer, std::string text) {
    queue(peer, std::move(text));
    settle();
  }
  void leave(Peer& peer) {
    peer.reads.cancel();
    peer.connection.close();
    settle();
  }
  // Sends, and gives what came.
  std::string operator()(Peer& peer, std::string text) {
    send(peer, std::move(text));
    return take(peer);
  }
  static std::string take(Peer& peer) { return std::exchange(peer.got, {}); }
  void settle() { pass(Duration::zero()); }
  // At the later time, and until nobody has work at it.
  void pass(Duration time) {
    const Instant now = rt.now() + time;
    while (step(now)) {}
  }
  // Each runtime once, of several one item each: so that what one tells another is seen as early as
  // it may be. Whether anyone had work.
  // @param but the one that does not run now
  bool step(Instant now, std::size_t but = nobody) {
    bool ran = false;
    for (std::size_t i = 0; i < runtimes_.size(); ++i) {
      Runtime* const each = runtimes_[i].get();
      if (each == nullptr || i == but) continue;
      ran |= each->now() < now || each->next_wait(now) == Duration::zero();
      each->run(now, RunLimit{.items = is_spread() && !runs_whole_turns_ ? 1 : SIZE_MAX});
    }
    return ran;
  }
  void drain() {
    call<&Server::drain>(servers_.front(), 15);
    settle();
  }
  const ActorOwn<Server>& first() const { return servers_.front(); }
  void end_runtime(std::size_t number) {
    servers_[number] = {};
    runtimes_[number].reset();
    settle();
  }
  bool has_ended() const { return servers_.front().is_zombie(); }
  void run_whole_turns() { runs_whole_turns_ = true; }
  bool is_spread() const { return GetParam() > 1; }
  std::size_t actors() const {
    std::size_t all = 0;
    for (const auto& each : runtimes_) all += each->actors().size();
    return all;
  }

 private:
  static std::vector<std::unique_ptr<Runtime>> make_runtimes() {
    std::vector<std::unique_ptr<Runtime>> made(GetParam());
    for (auto& each : made) each = std::make_unique<Runtime>();
    return made;
  }

  std::vector<std::unique_ptr<Runtime>> runtimes_ = make_runtimes();
  Ensemble ensemble_{static_cast<unsigned>(GetParam()), {.slice = 1}};
  bool runs_whole_turns_ = false;
  std::deque<MemoryNetwork> nets_;
  std::deque<Peer> peers_;
  std::vector<ActorOwn<Server>> servers_;

 protected:
  Runtime& rt = *runtimes_.front();
};

inline std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}
inline std::string popped(std::string_view key, std::string_view value) {
  return "*2\r\n" + bulk(key) + bulk(value);
}
inline std::string told(std::string_view word, std::string_view channel, int count,
                        char kind = '*') {
  return kind + ("3\r\n" + bulk(word)) + bulk(channel) + ":" + std::to_string(count) + "\r\n";
}
inline std::string message(std::string_view channel, std::string_view text, char kind = '*') {
  return kind + ("3\r\n" + bulk("message")) + bulk(channel) + bulk(text);
}

}  // namespace
}  // namespace respd
