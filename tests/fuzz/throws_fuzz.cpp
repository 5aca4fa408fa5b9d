// fuzz/throws_fuzz.cpp: values whose moves throw, and locals whose destructors throw, at moments of
// chance.
//
// They go through results, answers, races, limits, generators, scopes, calls and ends of actors.
// Whatever throws: each Ret is answered once, each local and value that was made is destroyed once,
// no task is left, and the process goes on.
#include <memory>
#include <optional>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>
#include <vector>

#include "support/bytes.hpp"
#include "support/require.hpp"

namespace {

using namespace troupe;
using namespace std::chrono_literals;
using troupe_test::Bytes;
using troupe_test::require;

constexpr int most_made = 24;  // coroutines of one program
constexpr unsigned living = 0x600D10CA;

class Node;
class Value;
struct World;
World& world();

struct World {
  explicit World(Bytes& b) : bytes(b) { here = this; }
  World(const World&) = delete;
  static inline World* here = nullptr;

  Bytes& bytes;
  bool quiet = false;  // nothing throws any more
  int made = 0, asked = 0, answers = 0;
  std::optional<Runtime> rt{std::in_place};
  std::vector<Ret<Value>> rets;
  std::vector<TaskRef> tasks;
  ActorOwn<Node> node;

  std::uint64_t below(std::uint64_t n) { return bytes.below(n); }
  bool may_make() { return !bytes.empty() && made < most_made && ++made; }
  /// Throws, if the bytes say so, and nothing else is thrown just now.
  void perhaps_throw(std::uint64_t one_in) {
    if (TROUPE_EXCEPTIONS && !quiet && std::uncaught_exceptions() == 0 && below(one_in) == 1)
      TROUPE_THROW(Error("thrown"));
  }
  Ret<Value> counted();
  void answer();
  void act();
};
World& world() { return *World::here; }

class Counted {  // it is known how many live, and that each dies once
 public:
  Counted() noexcept { ++live; }
  Counted(Counted&&) noexcept : Counted() {}
  ~Counted() {
    require(std::exchange(alive_, 0) == living, "each dies once");
    --live;
  }
  static inline int live = 0;

 private:
  unsigned alive_ = living;
};
class Value {
 public:
  Value() noexcept = default;
  Value(Value&& other) noexcept(false)
      : counted_((world().perhaps_throw(8), std::move(other.counted_))) {}
  Value& operator=(Value&&) = delete;
  ~Value() = default;

 private:
  Counted counted_;
};
class Local {  // its destructor may throw
 public:
  Local() noexcept = default;
  Local(const Local&) = delete;
  ~Local() noexcept(false) { world().perhaps_throw(10); }

 private:
  Counted counted_;
};

Task<Value> any_task();
Generator<Value> yields() {
  const Local local;
  for (auto n = world().below(3); n != 0; --n) {
    if (world().below(2) != 0) co_await sleep(1ms);
    co_yield Value();
  }
}

class Node {
 public:
  Node() = default;
  Node(const Node&) = delete;
  void keep(Ret<Value> ret) { world().rets.push_back(std::move(ret)); }
  void keep_here(Ret<Value> ret) { kept_.push_back(std::move(ret)); }
  Value gives() {
    { const Local local; }  // Clang forgets a value that is returned where a local throws behind it
    return Value();
  }
  Task<Value> slowly(Cx<Node>&) {
    const Local local;
    co_return co_await any_task();
  }
  Task<> handles(Cx<Node>&) {
    const Local local;
    const Value value = co_await any_task();
  }
  void throws() {
    const Local local;
    world().perhaps_throw(2);
  }
  void stop(Cx<Node>& cx) { cx.stop(); }

 private:
  Counted counted_;
  std::vector<Ret<Value>> kept_;
};

Task<Value> gives() {
  const Local local;
  co_return Value();
}
Task<Value> sleeps() {
  const Local first;
  co_await sleep(1ms);
  const Local second;
  co_return Value();
}
Task<Value> asks(std::uint64_t how) {
  const Local local;
  auto& node = world().node;
  switch (how) {
    case 0:
      co_return co_await ask<&Node::keep>(node);
    case 1:
      co_return co_await ask<&Node::gives>(node);
    case 2:
      co_return co_await ask<&Node::slowly>(node);
    default: {
      auto reply = co_await ask<&Node::keep_here>(node).reply();
      co_return Value();
    }
  }
}
Task<Value> pipes() {
  const Local local;
  auto [value, ret] = push_pipe<Value>(*Core::current());
  world().rets.push_back(std::move(ret));
  co_return co_await value;
}
Task<Value> awaits() {
  const Local local;
  co_return co_await any_task();
}
Task<Value> replies() {
  const Local local;
  auto reply = co_await any_task().reply();
  co_return Value();
}
Task<Value> catches() {
  const Local outer;
  TROUPE_TRY {
    const Local local;
    const Value value = co_await any_task();
  }
  TROUPE_CATCH_ALL {}
  co_return Value();
}
Task<Value> races() {
  const Local local;
  auto raced = co_await race(any_task(), any_task());
  co_return Value();
}
Task<Value> races_replies() {
  const Local local;
  auto raced = co_await race(any_task(), sleep(1ms)).reply();
  co_return Value();
}
Task<Value> takes_all() {
  const Local local;
  auto both = co_await all(any_task(), any_task()).reply();
  co_return Value();
}
Task<Value> in_time() {
  const Local local;
  co_return co_await timeout(1ms, any_task());
}
Task<Value> in_time_replies() {
  const Local local;
  auto [value, ret] = push_pipe<Value>(*Core::current());
  world().rets.push_back(std::move(ret));
  auto reply = co_await timeout(1ms, std::move(value)).reply();
  co_return Value();
}
Task<Value> reads() {
  const Local local;
  auto stream = yields();
  for (;;) {
    auto item = co_await stream.next().reply();
    if (!item) break;
  }
  co_return Value();
}
Task<Value> leaves_a_stream() {
  const Local local;
  auto stream = yields();
  auto item = co_await stream.next();
  co_return Value();
}
Task<Value> nurses() {
  const Local local;
  Scope scope(*Core::current());
  world().tasks.push_back(scope.spawn(any_task()));
  world().tasks.push_back(scope.spawn(any_task()));
  auto reply = co_await scope.join().reply();
  co_return Value();
}
Task<Value> leaves_a_scope() {
  const Local local;
  Scope scope(*Core::current());
  world().tasks.push_back(scope.spawn(any_task()));
  co_await sleep(1ms);
  co_return Value();
}
Task<Value> shields() {
  const Local local;
  co_return co_await shield(any_task());
}
Task<Value> leaves_a_word() {
  const Local local;
  auto word = co_await on_drop([] { world().answer(); });
  co_return co_await any_task();
}

Task<Value> any_task() {
  if (!world().may_make()) return gives();
  const auto how = world().below(22);
  switch (how) {
    case 4:
      return pipes();
    case 5:
      return awaits();
    case 6:
      return replies();
    case 7:
      return catches();
    case 8:
      return races();
    case 9:
      return races_replies();
    case 10:
      return takes_all();
    case 11:
      return in_time();
    case 12:
      return in_time_replies();
    case 13:
      return reads();
    case 14:
      return leaves_a_stream();
    case 15:
      return nurses();
    case 16:
      return leaves_a_scope();
    case 17:
      return shields();
    case 18:
      return leaves_a_word();
    case 19:
    case 20:
      return sleeps();
    case 21:
      return gives();
    default:
      return asks(how);
  }
}

Ret<Value> World::counted() {
  ++asked;
  return ret_do<Value>([](const Reply<Value>&) { ++world().answers; });
}
void World::answer() {
  if (rets.empty()) return;
  Ret<Value> ret = std::move(rets.back());
  rets.pop_back();
  if (below(5) == 1) return;
  TROUPE_TRY { ret(Value()); }
  TROUPE_CATCH_ALL {}
}
void World::act() {
  switch (below(12)) {
    case 0:
    case 1:
      return answer();
    case 2:
      if (!tasks.empty()) tasks[below(tasks.size())].cancel();
      return;
    case 3:
      return call<&Node::throws>(node);
    case 4:
      return call<&Node::stop>(node);
    case 5:
      return node.kill("killed");
    case 6:
      node = make_actor<Node>(*rt, ret_nop);
      return;
    case 7:
      return call<&Node::handles>(node);
    default:
      tasks.push_back(spawn(*rt, any_task(), counted()));
  }
}

void program(Bytes& bytes) {
  const std::uint64_t rets = Ledger::here().live();
  const auto own = std::make_unique<World>(bytes);
  World& w = *own;
  w.rt->set_logger(LogFilter(), nullptr);
  w.node = make_actor<Node>(*w.rt, ret_nop);
  const auto run = [&](Duration wait) {
    TROUPE_TRY { w.rt->run(w.rt->now() + wait); }
    TROUPE_CATCH_ALL {}
  };
  for (auto n = 2 + bytes.below(12); n != 0; --n) {
    w.act();
    if (bytes.below(2) != 0) run(bytes.below(2) * 1ms);
  }
  if (bytes.below(3) != 0) {
    for (int turns = 0; turns < 60; ++turns) {
      while (!w.rets.empty()) w.answer();
      if (turns == 30) w.node = {};  // what its state keeps is dropped
      run(1ms);
    }
    if (w.rt->live_tasks() != 0) std::fprintf(stderr, "%s\n", w.rt->why_alive().text().c_str());
    require(w.rt->live_tasks() == 0, "no task is left");
  }
  w.rets.clear();  // the report of Rets that outlive their runtime is tested elsewhere
  w.rt.reset();
  w.tasks.clear();
  w.node = {};
  require(w.answers == w.asked, "each Ret is answered once");
  require(Counted::live == 0, "all locals, values and states have gone");
  require(Ledger::here().live() == rets, "the ledger stands at zero");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  troupe_test::Bytes bytes(data, size);
  while (!bytes.empty()) program(bytes);
  return 0;
}
