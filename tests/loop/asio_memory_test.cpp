// loop/asio_memory_test.cpp: connections in memory do what TCP does: the same script of chance on
// both gives the same.
#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <memory>
#include <thread>
#include <troupe/loop/asio_tcp.hpp>

#include "io/echo.hpp"
#include "support/seed.hpp"

namespace troupe {
namespace asio_memory_test {

using namespace std::chrono_literals;
using troupe_test::bytes;
using troupe_test::Dice;

// One end, and all that its owner ever saw. How bytes are cut into reads is nobody's business, nor
// how often an end or an error was told: both depend on when a reader is dropped.
struct End {
  void mark(std::string_view how) {
    if (!read.ends_with(how)) read += how;
  }
  Connection connection;
  TaskRef reader;
  std::string read;     // what came, and "." or "!why" where no more did
  std::string written;  // of each write: (s)ent, (c)losed, (r)eset
  char next = 'a';      // what it writes next
};
struct EndRef {  // the test owns the ends, and outlives its tasks
  explicit EndRef(End& e) : end(&e) {}
  End* operator->() const { return end; }
  End* end;
};
// Reads until so many bytes have come, or no more do.
Task<> read_up_to(EndRef end, std::size_t most) {
  char room[64];
  while (most != 0) {
    const std::span<char> part(room, std::min(most, sizeof(room)));
    const IoResult got = co_await end->connection.read_some(std::as_writable_bytes(part));
    if (!got) {
      end->mark(std::string("!") + std::string(to_string(got.error().kind())));
      co_return;
    }
    if (*got == 0) {
      end->mark(".");
      co_return;
    }
    end->read.append(room, *got);
    most -= *got;
  }
}
Task<> write(EndRef end, std::string text) {
  const IoResult sent = co_await end->connection.write(bytes(text));
  if (sent)
    end->written += *sent == text.size() ? 's' : '?';
  else
    end->written += to_string(sent.error().kind()).substr(11, 1);  // "connection ..."
}

// A network, and what moves it.
class World {
 public:
  World() = default;
  World(const World&) = delete;
  virtual ~World() = default;
  virtual Runtime& runtime() = 0;
  virtual Connect call_up() = 0;
  virtual bool step() = 0;    // a little goes on; false when nothing can
  virtual void settle() = 0;  // all goes on that can
  void connect(End& a, End& b);
  Listener listener;
};
struct WorldRef {  // outlives its tasks too
  explicit WorldRef(World& w) : world(&w) {}
  World* operator->() const { return world; }
  World* world;
};
Task<> dial(WorldRef world, EndRef end) {
  ConnectionResult c = co_await world->call_up();
  if (c) end->connection = std::move(*c);
}
Task<> accept(WorldRef world, EndRef end) {
  ConnectionResult c = co_await world->listener.accept();
  if (c) end->connection = std::move(*c);
}
void World::connect(End& a, End& b) {
  spawn(runtime(), dial, ret_nop, WorldRef(*this), EndRef(a));
  const TaskRef accepts = spawn(runtime(), accept, ret_nop, WorldRef(*this), EndRef(b));
  while (!accepts.done()) step();
  while (!a.connection) step();
}

class MemoryWorld final : public World {
 public:
  explicit MemoryWorld(MemoryOptions options = {}) : net_(rt_, options) {
    listener = *net_.listen("here");
  }
  Runtime& runtime() override { return rt_; }
  Connect call_up() override { return net_.connect("here"); }
  bool step() override {
    if (rt_.run_one()) return true;
    const auto next = rt_.next_expiry();
    if (next) rt_.run(*next, RunLimit{.items = 0});
    return next.has_value();
  }
  void settle() override { run_virtual(rt_); }

 private:
  Runtime rt_;
  MemoryNetwork net_;
};

class TcpWorld final : public World {
 public:
  TcpWorld() { listener = *tcp_listen(loop_, "127.0.0.1", 0); }
  Runtime& runtime() override { return rt_; }
  Connect call_up() override { return tcp_connect(loop_, "127.0.0.1", listener.port()); }
  bool step() override {
    if (rt_.run_one()) return true;
    io_.restart();
    return io_.poll_one() != 0;
  }
  void settle() override {
    while (step()) {}
    if (patience == Duration::zero()) return;
    std::this_thread::sleep_for(patience);
    while (step()) {}
  }
  Duration patience =
      Duration::zero();  // for what the system has put off: it owes nobody that it is done at once

 private:
  asio::io_context io_;
  Runtime rt_{Clock::now()};
  AsioLoop loop_{rt_, io_};
};

// Something that one end does. False when it has gone.
bool act(World& world, End& end, std::uint64_t what, std::uint64_t size) {
  if (!end.connection) return false;
  switch (what) {
    case 0:
    case 1:
    case 2: {
      std::string text(1 + size, ' ');
      for (char& c : text)
        c = end.next, end.next = end.next == 'z' ? 'a' : static_cast<char>(end.next + 1);
      spawn(world.runtime(), write, ret_nop, EndRef(end), std::move(text));
      break;
    }
    case 3:
      end.connection.shutdown_write();
      break;
    case 4:
      end.connection.close();
      break;
    default:
      end.connection.reset();
  }
  return true;
}
void read(World& world, End& end, std::size_t most) {
  if (end.connection && end.reader.done())
    end.reader = spawn(world.runtime(), read_up_to, ret_nop, EndRef(end), most);
}

// Both ends do what chance says; what each of them saw.
std::string play(World& world, std::uint64_t seed) {
  Dice dice(seed);
  End ends[2];
  world.connect(ends[0], ends[1]);
  world.settle();
  std::string script;
  for (std::uint64_t i = 0, n = 3 + dice.below(12); i != n; ++i) {
    const std::uint64_t side = dice.below(2), kind = dice.below(10), what = dice.below(6),
                        size = dice.below(200);
    const std::uint64_t steps = dice.below(8);
    End &mine = ends[side], &other = ends[1 - side];
    script += std::string(1, "ab"[side]) +
              (kind < 3   ? "r"
               : kind < 4 ? "d"
               : kind < 6 ? "D"
                          : "") +
              (kind >= 4 ? "wwwsCR"[what] : ' ') + " ";
    if (kind < 3) {
      read(world, mine, 1 + size);
    } else if (kind == 3) {
      mine.reader.cancel();
    } else if (kind < 6) {  // a reader is dropped at any moment of what the other end does, and
                            // another one goes on
      read(world, mine, 1 + size);
      world.settle();
      act(world, other, what, size);
      for (std::uint64_t k = 0; k != steps; ++k) world.step();
      mine.reader.cancel();
      world.settle();
      read(world, mine, SIZE_MAX);
    } else {
      act(world, mine, what, size);
    }
    world.settle();
  }
  std::string all = script;
  for (End& end : ends) {
    read(world, end, SIZE_MAX);
    world.settle();
  }
  for (End& end : ends) {
    all += "\n  " + end.written + " " + end.read + (end.reader.done() ? "" : "...");
    end.reader.cancel();
    end.connection.reset();
  }
  world.settle();
  return all;
}

// A caller that nobody has accepted when the listener goes, be it that an accept was dropped when
// its connection came.
std::string call_up_nobody(World& world, int steps) {
  End caller, nobody;
  spawn(world.runtime(), dial, ret_nop, WorldRef(world), EndRef(caller));
  const TaskRef accepts = spawn(world.runtime(), accept, ret_nop, WorldRef(world), EndRef(nobody));
  if (steps == 0) accepts.cancel();
  for (int i = 0; i < steps || !caller.connection; ++i) world.step();
  accepts.cancel();
  if (nobody.connection) return "!connection reset";  // it was accepted after all
  act(world, caller, 0, 10);
  world.settle();
  world.listener.close();
  world.settle();
  read(world, caller, SIZE_MAX);
  world.settle();
  return caller.read;
}

TEST(AsioMemoryTest, AListenerThatClosesResetsWhatNobodyHasAccepted) {
  for (int steps = 0; steps < 12; ++steps) {
    TcpWorld tcp;
    MemoryWorld memory;
    EXPECT_EQ(call_up_nobody(tcp, steps), "!connection reset") << steps;
    EXPECT_EQ(call_up_nobody(memory, steps), "!connection reset") << steps;
  }
}

TEST(AsioMemoryTest, AScriptOfChanceGivesTheSameInMemoryAndOverTcp) {
  SCOPED_TRACE(troupe_test::seed_text());
  Dice dice(troupe_test::seed());
  TcpWorld tcp;
  for (int round = 0; round < 3000; ++round) {
    const std::uint64_t seed = dice.next();
    MemoryOptions options;
    options.latency = std::chrono::milliseconds(seed % 3);
    options.split = seed % 5 == 0;
    options.seed = seed;
    MemoryWorld memory(options);
    const std::string in_memory = play(memory, seed);
    std::string over_tcp = play(tcp, seed);
    for (tcp.patience = 1ms; in_memory != over_tcp && tcp.patience < 1s; tcp.patience *= 4)
      over_tcp = play(tcp, seed);
    tcp.patience = Duration::zero();
    ASSERT_EQ(in_memory, over_tcp) << "round " << round;
  }
}

}  // namespace asio_memory_test
}  // namespace troupe
