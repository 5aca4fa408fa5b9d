// loop/asio_hosts_test.cpp: a program of chance comes to the same under every host: virtual time,
// turns of a few records, the bare loop, an Asio loop of its own, and several in one context.
//
// Real time passes as it likes, so what is compared is what it has no say in: what each task saw,
// in order, and sums of what the others did.
#include <gtest/gtest.h>

#include <array>
#include <asio/io_context.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/loop.hpp>
#include <troupe/loop/asio.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/recorder.hpp"
#include "support/seed.hpp"

namespace troupe {
namespace asio_hosts_test {

using namespace std::chrono_literals;
using troupe_test::Dice;

struct World;
struct WorldRef {  // outlives its tasks and actors
  explicit WorldRef(World& w) : world(&w) {}
  World* operator->() const { return world; }
  World* world;
};

class Adder {  // answers what it is asked, now or later, and sums up what it is told
 public:
  explicit Adder(WorldRef world) : world_(world) {}
  int twice(int n) const { return 2 * n + 1; }
  void later(Cx<Adder>& cx, int n, int delay, Ret<int> ret) {
    after<&Adder::answer>(cx, std::chrono::microseconds(delay), n, std::move(ret));
  }
  void answer(int n, Ret<int> ret) { ret(n + 1); }
  Task<int> slowly(Cx<Adder>&, int n, int delay) {
    co_await sleep(std::chrono::microseconds(delay));
    co_return n + 2;
  }
  void tell(int n);
  void chain(Cx<Adder>& cx, int n) {
    if (n != 0)
      call<&Adder::chain>(cx, n - 1);
    else
      tell(1);
  }

 private:
  WorldRef world_;
};
class Short {  // ends as it is told
 public:
  void end(Cx<Short>& cx, int how) {
    if (how == 0) return cx.stop();
    if (how == 1) return cx.fail("in words");
    throw std::runtime_error("thrown");
  }
};

struct World {
  explicit World(Core& c) : core(c) {}
  void begun() { ++open; }
  void ended() {
    if (--open == 0) core.shutdown(StopCause::stopped);
  }
  Core& core;
  int open = 0;  // what is still to come
  std::uint64_t sum = 0;
  std::array<ActorOwn<Adder>, 3> adders;
  Event never;
  std::vector<std::string> logs;
};
void Adder::tell(int n) {
  world_->sum += static_cast<std::uint64_t>(n) * 1000 + 1;
  world_->ended();
}

Task<> wait_for_ever(WorldRef world) { co_await world->never.wait(); }
Task<int> fails_after(int delay) {
  co_await sleep(std::chrono::microseconds(delay));
  throw std::runtime_error("child");
}
Task<> forward(PipeStream<int> stream, Ret<int> ret) {
  int sum = 0;
  for (;;) {
    const std::optional<int> item = co_await stream.next();
    if (!item) break;
    sum = sum * 3 + *item;
  }
  ret(sum);
}
Task<> pop_all(WorldRef, std::shared_ptr<Queue<int>> queue, Ret<int> ret) {
  int sum = 0;
  for (;;) {
    const std::optional<int> item = co_await queue->pop();
    if (!item) break;
    sum = sum * 3 + *item;
  }
  ret(sum);
}
std::string word(const Reply<int>& reply) {
  return reply ? std::to_string(*reply) : std::string(to_string(reply.error().why()));
}

// What a task does, step by step; `log` is what it saw.
Task<std::string> act(WorldRef world, std::uint64_t seed, int depth) {
  Dice dice(seed);
  std::string log;
  for (std::uint64_t i = 0, n = 1 + dice.below(depth == 0 ? 8 : 4); i != n; ++i) {
    const auto what = dice.below(16);
    const int number = static_cast<int>(dice.below(100));
    const int delay = static_cast<int>(dice.below(3) ? 0 : dice.below(300));
    const auto wait = std::chrono::microseconds(delay);
    const Actor<Adder> adder = world->adders[dice.below(3)];
    log += " " + std::to_string(what) + ":";
    switch (what) {
      case 0:
        co_await sleep(wait);
        break;
      case 1: {
        const int got = co_await ask<&Adder::twice>(adder, number);
        log += std::to_string(got);
        break;
      }
      case 2: {
        const int got = co_await ask<&Adder::later>(adder, number, delay);
        log += std::to_string(got);
        break;
      }
      case 3: {
        const int got = co_await ask<&Adder::slowly>(adder, number, delay);
        log += std::to_string(got);
        break;
      }
      case 4: {
        const auto late = co_await timeout(wait, world->never.wait()).reply();
        log += late ? "?" : to_string(late.error().why());
        break;
      }
      case 5: {
        const auto got = co_await timeout(1h, ask<&Adder::later>(adder, number, delay)).reply();
        log += word(got);
        break;
      }
      case 6: {
        const auto raced = co_await race(world->never.wait(), sleep(wait));
        log += std::to_string(raced.index());
        break;
      }
      case 7: {
        if (depth == 3) break;
        const auto both =
            co_await all(act(world, dice.next(), depth + 1), act(world, dice.next(), depth + 1));
        log += "(" + std::get<0>(both) + " |" + std::get<1>(both) + ")";
        break;
      }
      case 8: {
        const auto failed = co_await reply_of(fails_after(delay));
        log += word(failed);
        if (!failed) log += failed.error().error().text();
        break;
      }
      case 9: {
        auto sum = push_pipe<int>(world->core);
        auto pipe = stream_pipe<int>(world->core);
        spawn(world->core, forward(std::move(pipe.stream), std::move(sum.ret)));
        for (int k = 0; k < 5; ++k) {
          pipe.fwd(number + k);
          if (k == 2) co_await sleep(wait);
        }
        pipe.fwd(std::nullopt);
        const int got = co_await std::move(sum.value);
        log += std::to_string(got);
        break;
      }
      case 10: {
        auto sum = push_pipe<int>(world->core);
        auto queue = std::make_shared<Queue<int>>(2);
        spawn(world->core, pop_all(world, queue, std::move(sum.ret)));
        for (int k = 0; k < 5; ++k) {
          const bool pushed = co_await queue->push(number + k);
          log += pushed ? '+' : '-';
        }
        queue->close();
        const int got = co_await std::move(sum.value);
        log += std::to_string(got);
        break;
      }
      case 11: {
        auto end = push_pipe<>(world->core);
        const TaskRef waits = spawn(world->core, wait_for_ever(world), std::move(end.ret));
        co_await sleep(wait);
        waits.cancel();
        const auto ended = co_await std::move(end.value).reply();
        log += ended ? "?" : to_string(ended.error().why());
        break;
      }
      case 12: {
        auto end = push_pipe<StopCause>(world->core);
        const auto brief = make_actor<Short>(world->core, std::move(end.ret));
        call<&Short::end>(brief, number % 3);
        const auto cause = co_await std::move(end.value).reply();
        log += cause ? troupe_test::word(cause->kind()) : to_string(cause.error().why());
        if (cause && cause->error()) log += cause->error().text();
        break;
      }
      case 13:
        for (int k = 0; k < 3; ++k) world->begun();
        after<&Adder::tell>(adder, wait, number);
        lazy(
            world->core, [](const Actor<Adder>& to, int x) { call<&Adder::tell>(to, x); }, adder,
            number);
        idle(
            world->core, [](const Actor<Adder>& to, int x) { call<&Adder::tell>(to, x); }, adder,
            number);
        break;
      case 14:
        world->begun();
        call<&Adder::chain>(adder, number == 0 ? 20'000 : number);
        break;
      default: {
        if (depth == 3) break;
        const std::string inner = co_await act(world, dice.next(), depth + 1);
        log += "(" + inner + ")";
      }
    }
  }
  co_return log;
}

// The program of a seed, in a runtime that some host turns until somebody shuts it down.
class Program {
 public:
  Program(Runtime& rt, std::uint64_t seed) : world_(rt) {
    Dice dice(seed);
    for (auto& adder : world_.adders) adder = make_actor<Adder>(rt, ret_nop, WorldRef(world_));
    world_.logs.resize(1 + dice.below(4));
    for (std::size_t i = 0; i != world_.logs.size(); ++i) {
      world_.begun();
      spawn(rt, act(WorldRef(world_), dice.next(), 0),
            ret_do(
                [](WorldRef world, std::size_t at, const Reply<std::string>& log) {
                  world->logs[at] = log ? *log : std::string(to_string(log.error().why()));
                  world->ended();
                },
                WorldRef(world_), i));
    }
  }
  std::string result() const {
    std::string all = std::to_string(world_.open) + " left, sum " + std::to_string(world_.sum);
    for (const std::string& log : world_.logs) all += "\n " + log;
    return all;
  }

 private:
  World world_;
};

std::string on_virtual_time(std::uint64_t seed) {
  Runtime rt;
  const Program program(rt, seed);
  run_virtual(rt);
  return program.result();
}
std::string in_small_turns(std::uint64_t seed, std::size_t items) {
  Runtime rt;
  const Program program(rt, seed);
  bool idle = false;
  while (rt.not_shutdown()) {
    const RunResult left = rt.run(rt.now(), RunLimit{.items = items}, idle);
    idle = left.idle && !left.work;
    if (left.work || left.idle) continue;
    const auto next = rt.next_expiry();
    if (!next) break;
    rt.run(*next, RunLimit{.items = 0});
  }
  return program.result();
}
std::string in_the_bare_loop(std::uint64_t seed) {
  Runtime rt(Clock::now());
  BareLoop loop(rt);
  const Program program(rt, seed);
  loop.run();
  return program.result();
}
std::string in_a_loop_of_asio(std::uint64_t seed) {
  Runtime rt(Clock::now());
  AsioLoop loop(rt);
  const Program program(rt, seed);
  loop.run();
  return program.result();
}
// Several runtimes, each with its loop, turn in one context of the host's.
std::string in_one_context(std::uint64_t seed) {
  asio::io_context io;
  struct One {
    One(asio::io_context& context, std::uint64_t s, int& open) : loop(rt, context), program(rt, s) {
      loop.on_shutdown([&context, &open] {
        if (--open == 0) context.stop();
      });
    }
    Runtime rt{Clock::now()};
    AsioLoop loop;
    Program program;
  };
  int open = 3;
  std::vector<std::unique_ptr<One>> all;
  for (int i = 0; i < 3; ++i) all.push_back(std::make_unique<One>(io, seed, open));
  io.run();
  EXPECT_EQ(all[0]->program.result(), all[1]->program.result());
  EXPECT_EQ(all[0]->program.result(), all[2]->program.result());
  return all[0]->program.result();
}

TEST(AsioHostsTest, AProgramOfChanceComesToTheSameUnderEachHost) {
  SCOPED_TRACE(troupe_test::seed_text());
  Dice dice(troupe_test::seed());
  for (int round = 0; round < 150; ++round) {
    const std::uint64_t seed = dice.next();
    const std::string expected = on_virtual_time(seed);
    ASSERT_EQ(expected.substr(0, 6), "0 left") << expected;
    ASSERT_EQ(in_small_turns(seed, 1 + dice.below(4)), expected) << "round " << round;
    ASSERT_EQ(in_the_bare_loop(seed), expected) << "round " << round;
    ASSERT_EQ(in_a_loop_of_asio(seed), expected) << "round " << round;
    ASSERT_EQ(in_one_context(seed), expected) << "round " << round;
  }
}

}  // namespace asio_hosts_test
}  // namespace troupe
