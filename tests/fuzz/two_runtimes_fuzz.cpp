// fuzz/two_runtimes_fuzz.cpp: two runtimes on one thread, whose actors and tasks ask, own, watch
// and answer each other.
//
// The bytes say who does what, which runtime turns next, and when one of them ends while the other
// lives. Each Ret is answered once; each frame, value and task is gone at the end; no task waits
// for an answer that has come.
#include <array>
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

constexpr int most_made = 60;  // of what makes more, in one program

class Node;

struct Local {  // lives in a frame, a state, an argument or an answer
  Local() noexcept { ++live; }
  Local(Local&&) noexcept { ++live; }
  Local& operator=(Local&&) noexcept = default;
  ~Local() { --live; }
  static inline int live = 0;
};

struct World {
  explicit World(Bytes& b) : bytes(b) {
    here = this;
    for (auto& any : rts)
      any->set_logger({}, nullptr);  // failures are what these programs are made of
  }
  World(const World&) = delete;
  static inline World* here = nullptr;

  Bytes& bytes;
  int made = 0, asked = 0, answers = 0;
  std::array<std::optional<Runtime>, 2> rts{std::optional<Runtime>(std::in_place),
                                            std::optional<Runtime>(std::in_place)};
  std::vector<Ret<Local>> rets;
  std::vector<ActorOwn<Node>> owners;
  std::vector<Actor<Node>> names;
  std::vector<TaskRef> tasks;
  std::vector<Fwd<std::optional<Local>>> fwds;
  std::vector<Task<Local>> unbegun;  // made in one runtime, begun in another

  std::uint64_t below(std::uint64_t n) { return bytes.below(n); }
  bool may_make() { return !bytes.empty() && made < most_made && ++made; }
  template <class T> std::optional<T> take(std::vector<T>& from) {
    if (from.empty()) return std::nullopt;
    const std::size_t which = below(from.size());
    std::optional<T> what(std::move(from[which]));
    from.erase(from.begin() + static_cast<std::ptrdiff_t>(which));
    return what;
  }
  Runtime* any_runtime() {
    const auto first = below(2);
    for (const auto i : {first, 1 - first})
      if (rts[i]) return &*rts[i];
    return nullptr;
  }
  Ret<Local> counted() {
    ++asked;
    return ret_do([](const Reply<Local>&) { ++here->answers; });
  }
  std::optional<Actor<Node>> any();
  void answer();
  void act();
  void turn();
};
World& world() { return *World::here; }

class Node {
 public:
  explicit Node(Cx<Node>& cx) : self_(cx.this_actor()) {}
  Node(const Node&) = delete;
  ~Node() {
    if (world().below(4) == 1) world().act();
  }
  void keep(Ret<Local> ret) {
    if (world().below(3) == 0)
      kept_.push_back(std::move(ret));
    else
      world().rets.push_back(std::move(ret));
  }
  Local plain(Cx<Node>& cx) {
    deed(cx);
    return Local();
  }
  Task<Local> slowly(Cx<Node>&);
  void lend(Cx<Node>& cx, Ret<Task<Local>> ret) { ret(slowly(cx)); }
  void work(Cx<Node>& cx) {
    deed(cx);
    world().act();
  }
  void got(Cx<Node>& cx, const Reply<Local>&) { deed(cx); }
  void forget(const ActorOwn<Node>&) {}  // perhaps the last, perhaps of the other runtime
  void heard(const Reply<StopCause>&) {}

 private:
  void deed(Cx<Node>& cx) {
    switch (world().below(12)) {
      case 1:
        return cx.stop();
      case 2:
        return cx.fail("failed");
      case 3:
        if (TROUPE_EXCEPTIONS) TROUPE_THROW(Error("thrown"));
        return;
      case 4:
        for (auto& ret : std::exchange(kept_, {})) ret(Local());
        return;
      case 5:
        return kept_.clear();
      case 6:
        if (const auto to = world().any()) call<&Node::keep>(*to, ret_to<&Node::got>(cx));
        return;
      case 7:
        return cx.stop_after_tasks();
      default:
        return;
    }
  }
  const Actor<Node> self_;
  std::vector<Ret<Local>> kept_;
};

Task<Local> waits(int left) {
  const Local local;
  World& w = world();
  if (left == 0 || !w.may_make()) co_return Local();
  const auto to = w.any();
  if (!to) co_return Local();
  switch (w.below(11)) {
    case 0:
      co_return co_await ask<&Node::keep>(*to);
    case 1: {
      const auto reply = co_await timeout(1ms, ask<&Node::keep>(*to)).reply();
      break;
    }
    case 2: {
      const auto reply = co_await reply_of(ask<&Node::slowly>(*to));
      break;
    }
    case 3: {
      auto raced =
          co_await race(ask<&Node::keep>(*to), ask<&Node::plain>(*to), waits(left - 1)).reply();
      break;
    }
    case 4: {
      auto both = co_await all(ask<&Node::slowly>(*to), waits(left - 1)).reply();
      break;
    }
    case 5: {  // a task of the other's actor, awaited here
      auto lent = co_await ask<&Node::lend>(*to).reply();
      if (!lent) break;
      co_return co_await std::move(*lent);
    }
    case 6: {
      auto [value, ret] = push_pipe<Local>(*Core::current());
      call<&Node::keep>(*to, std::move(ret));
      const auto reply = co_await value.reply();
      break;
    }
    case 7: {
      auto [stream, fwd] = stream_pipe<Local>(*Core::current(), fwd_nop, 3);
      w.fwds.push_back(std::move(fwd));
      const auto item = co_await timeout(2ms, stream.next()).reply();
      break;
    }
    case 8: {
      Scope scope(*Core::current());
      w.tasks.push_back(scope.spawn(ask<&Node::keep>(*to)));
      w.tasks.push_back(scope.spawn(waits(left - 1)));
      const auto reply = co_await scope.join().reply();
      break;
    }
    case 9: {
      if (auto task = w.take(w.unbegun)) {  // perhaps made in the other runtime
        Task<Local> mine = std::move(*task);
        co_return co_await std::move(mine);
      }
      co_await sleep(1ms);
      break;
    }
    default:
      co_await shield(waits(left - 1));
  }
  co_return Local();
}
Task<Local> Node::slowly(Cx<Node>&) {
  const Local local;
  co_return co_await waits(2);
}

std::optional<Actor<Node>> World::any() {
  if (!names.empty() && below(4) != 0) return names[below(names.size())];
  if (owners.empty()) return std::nullopt;
  return owners[below(owners.size())].actor();
}
void World::answer() {
  if (auto ret = take(rets)) {
    if (below(4) == 1) return;
    if (below(4) == 1) return ret->fail(ActorFail(Why::lost));
    (*ret)(Local());
  }
}
void World::act() {
  Runtime* rt = any_runtime();
  if (!rt) return;
  switch (below(18)) {
    case 0:
    case 1:
      if (may_make()) owners.push_back(make_actor<Node>(*rt, ret_nop));
      return;
    case 2:
      if (const auto to = any()) names.push_back(*to);
      return;
    case 3:
      (void)take(owners);
      return;
    case 4:
    case 5:
      return answer();
    case 6:
      if (auto task = take(tasks)) task->cancel();
      return;
    case 7:
      if (auto task = take(tasks)) task->request_stop();
      return;
    case 8:
      if (!owners.empty() && may_make()) owners[below(owners.size())].kill("killed");
      return;
    case 9:
      if (const auto to = any(); to && may_make()) call<&Node::work>(*to);
      return;
    case 10:
      if (auto own = take(owners))
        if (const auto to = any(); to && may_make()) call<&Node::forget>(*to, std::move(*own));
      return;
    case 11:
      if (const auto to = any(); to && may_make())
        call<&Node::keep>(*to, counted().with_timeout(*rt, 2ms));
      return;
    case 12:
      if (auto fwd = take(fwds)) {
        (*fwd)(Local());
        if (below(2) != 0) (*fwd)(std::nullopt);
      }
      return;
    case 13:
      if (const auto to = any(); to && may_make()) {
        ++asked;
        watch(*to, ret_do([](const Reply<StopCause>&) { ++here->answers; }));
      }
      return;
    case 14:
      if (unbegun.size() < 4 && may_make()) unbegun.push_back(waits(2));
      return;
    case 15:
      if (const auto to = any(); to && may_make())
        tasks.push_back(spawn(*rt, ask<&Node::slowly>(*to), counted()));
      return;
    default:
      if (may_make()) tasks.push_back(spawn(*rt, [] { return waits(4); }, counted()));
  }
}
void World::turn() {
  Runtime* rt = any_runtime();
  if (!rt) return;
  switch (below(4)) {
    case 0:
      rt->run_one();
      return;
    case 1:
      rt->run();
      return;
    case 2:
      (void)rt->why_alive().text();
      return;
    default:
      rt->run(rt->now() + 1ms);
  }
}

void program(Bytes& bytes) {
  const std::uint64_t rets = Ledger::here().live();
  const auto own = std::make_unique<World>(bytes);
  World& w = *own;
  for (auto& rt : w.rts) w.owners.push_back(make_actor<Node>(*rt, ret_nop));
  for (auto n = 10 + bytes.below(60); n != 0 && !bytes.empty(); --n) {
    w.act();
    if (bytes.below(2) != 0) w.turn();
    if (bytes.below(40) == 1) w.rts[bytes.below(2)].reset();
  }
  w.made = most_made;  // what is made now ends at once
  for (int turns = 0; turns < 40; ++turns) {
    while (!w.rets.empty()) w.answer();
    w.fwds.clear();
    for (auto& rt : w.rts)
      if (rt) rt->run(rt->now() + 1ms);
  }
  const auto forget = [&] {
    w.owners.clear();
    w.names.clear();
    w.tasks.clear();
    w.unbegun.clear();
  };
  if (bytes.below(2) != 0) {
    forget();
    for (int turns = 0; turns < 6; ++turns)  // what an actor kept goes to the other, and back
      for (auto& rt : w.rts) {
        if (rt) rt->run(rt->now() + 1ms);
        w.rets.clear();
        w.fwds.clear();
      }
    for (const auto& rt : w.rts) {
      if (rt && rt->live_tasks() != 0) std::fprintf(stderr, "%s\n", rt->why_alive().text().c_str());
      require(!rt || (rt->live_tasks() == 0 && rt->actors().empty()), "both runtimes rest");
    }
  }
  for (const auto i : {bytes.below(2), std::uint64_t{0}, std::uint64_t{1}}) w.rts[i].reset();
  forget();
  w.rets.clear();
  w.fwds.clear();
  require(w.answers == w.asked, "each Ret is answered once");
  require(Local::live == 0, "all frames, states and values are gone");
  require(Ledger::here().live() == rets, "the ledger stands at zero");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  troupe_test::Bytes bytes(data, size);
  while (!bytes.empty()) program(bytes);
  return 0;
}
