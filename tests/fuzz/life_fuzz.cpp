// fuzz/life_fuzz.cpp: whoever makes, owns, asks, answers, kills or forgets whom: all ends, and each
// answer comes once.
//
// Actors and tasks do to each other what the bytes say, in handlers, in destructors, in frames and
// from outside, until the bytes are used up. Then the runtime ends, with whatever is left. Two
// things are asked: that every Ret was answered exactly once and all that was made is gone; and
// that the sanitizers have nothing to say.
#include <algorithm>
#include <deque>
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

constexpr std::size_t most_kept = 24;  // of each kind of thing
constexpr int most_made =
    400;  // of what can make more: the bytes alone would let one input grow for long

class Node;

struct Frame {  // lives in a frame, a state or an argument
  Frame() { ++live; }
  Frame(Frame&&) noexcept { ++live; }
  Frame& operator=(Frame&&) = default;
  ~Frame() { --live; }
  static inline int live = 0;
};

// What foreign code holds.
struct Held {
  std::coroutine_handle<> waiter;
  bool destroys;
};
template <bool Destroys> struct Foreign {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h);
  int await_resume() noexcept { return 1; }
};

// All that the bytes can reach.
struct World {
  explicit World(Bytes& b) : bytes(b) {
    here = this;
    rt->set_logger({}, nullptr);  // failures are what these programs are made of
  }
  World(const World&) = delete;
  static inline World* here = nullptr;

  Bytes& bytes;
  int made = 0, asked = 0, answers = 0, notices = 0, heard = 0;
  std::deque<Held> held;  // first: frames that die take their waiters out
  std::optional<Runtime> rt{std::in_place};
  Core& core = *rt;
  std::vector<ActorOwn<Node>> owners;
  std::vector<Actor<Node>> names;
  std::vector<Ret<int>> rets;
  std::vector<Fwd<int>> fwds;
  std::vector<TaskRef> tasks;
  std::vector<MaxTimerKey> timers;
  bool ended = false;

  std::uint64_t below(std::uint64_t n) { return bytes.below(n); }
  bool may_make() { return !ended && !bytes.empty() && made < most_made && ++made; }
  template <class T> void keep(std::vector<T>& in, T what) {
    if (in.size() < most_kept) return in.push_back(std::move(what));
    [[maybe_unused]] const T old =
        std::exchange(in[below(most_kept)], std::move(what));  // what goes may come back here
  }
  template <class T> std::optional<T> take(std::vector<T>& from) {
    if (from.empty()) return std::nullopt;
    const std::size_t which = below(from.size());
    T what = std::move(from[which]);
    from.erase(from.begin() + static_cast<std::ptrdiff_t>(which));
    return what;
  }
  Actor<Node> any();
  Ret<int> counted();
  Ret<StopCause> notice();
  ActorOwn<Node> make();
  void act();
  void ask_somebody();
  void answer(Ret<int> ret);
  void let_go();
  void turn();
  void rest();
};
World& world() { return *World::here; }

template <bool Destroys> void Foreign<Destroys>::await_suspend(std::coroutine_handle<> h) {
  world().held.push_back({h, Destroys});
}

Ret<int> World::counted() {
  ++asked;
  return ret_do([](const Frame&, const Reply<int>&) { ++world().answers; }, Frame());
}
Ret<StopCause> World::notice() {
  if (below(3) == 0) return ret_nop;
  ++notices;
  return ret_do([](const Reply<StopCause>&) { ++world().heard; });
}

class Node {
 public:
  explicit Node(Cx<Node>& cx) : self_(cx.this_actor()) {
    if (world().below(16) == 1) cx.stop();
    if (world().below(16) == 1) cx.fail("in constructor");
    if (world().below(16) == 1 && TROUPE_EXCEPTIONS) TROUPE_THROW(Error("thrown"));
  }
  Node(const Node&) = delete;
  ~Node() {
    if (world().below(4) != 1) return;
    world().act();  // in a destructor everything may still be called
    if (!world().ended) call<&Node::work>(self_, Frame());
  }
  static void prepare(Prep<Node>& prep, const Frame&) {
    const auto what = world().below(8);
    world().act();
    if (what == 1) prep.stop();
    if (what == 2) after<&Node::prepare>(prep, 1ms, Frame());
    if (what == 3) prep.fail("while preparing");
    if (what != 2) prep.ready();
  }
  void work(Cx<Node>& cx, const Frame&) { deed(cx); }
  void take(Cx<Node>& cx, Ret<int> ret) {
    deed(cx);
    world().answer(std::move(ret));
  }
  void keep(Ret<int> ret) { kept_.push_back(std::move(ret)); }
  void adopt(ActorOwn<Node> child) { children_.push_back(std::move(child)); }
  void got(Cx<Node>& cx, const Frame&, const Reply<int>&) { deed(cx); }
  void heard(Cx<Node>& cx, const Reply<StopCause>&) { deed(cx); }
  void item(int) { world().act(); }
  int plain() const { return 1; }
  Task<int> slowly(Cx<Node>& cx) {
    const Frame frame;
    co_await wait(cx, world().below(12));
    deed(cx);
    co_return 2;
  }
  Task<> behind(Cx<Node>& cx, Ret<int> ret) {
    const Frame frame;
    co_await wait(cx, world().below(12));
    world().answer(std::move(ret));
    deed(cx);
  }

 private:
  void deed(Cx<Node>& cx) {
    switch (world().below(24)) {
      case 1:
        return cx.stop();
      case 2:
        return cx.fail("failed");
      case 3:
        return cx.stop_after_tasks();
      case 4:
        return children_.clear();
      case 5:
        return kept_.clear();
      case 6:
        for (auto& ret : std::exchange(kept_, {})) ret(3);
        return;
      case 7:
        if (world().may_make())
          children_.push_back(
              make_actor<Node>(cx, world().below(2) ? ret_failthru(cx) : Ret<StopCause>(ret_nop)));
        return;
      case 8:
        if (TROUPE_EXCEPTIONS) TROUPE_THROW(Error("thrown"));
        return;
      case 9:
        if (!children_.empty()) children_.back().kill("by its parent");
        return;
      case 10:
        if (world().may_make()) call<&Node::take>(world().any(), ret_to<&Node::got>(cx, Frame()));
        return;
      case 11:
        if (world().may_make())
          world().keep(world().owners, make_actor<Node>(cx, ret_to<&Node::heard>(cx)));
        return;
      case 12:
        return world().keep(world().fwds, Fwd<int>(fwd_to<&Node::item>(cx)));
      case 13:
        if (world().may_make()) call<&Node::behind>(cx, world().counted());
        return;
      default:
        return world().act();
    }
  }
  static Task<int> child(Cx<Node>& cx) {
    const Frame frame;
    co_await sleep(1ms);
    if (world().below(8) == 1) cx.stop();
    co_return 4;
  }
  static Generator<int> numbers(int n) {
    const Frame frame;
    for (int i = 0; i < n; ++i) {
      co_await sleep(1ms);
      co_yield i;
    }
  }
  Task<int> wait(Cx<Node>& cx, std::uint64_t how) {
    const Frame frame;
    switch (how) {
      case 0:
        co_return 0;
      case 1:
        co_await sleep(2ms);
        co_return 1;
      case 2:
        if (!world().may_make()) co_return 0;
        co_return co_await ask<&Node::take>(world().any());
      case 3: {
        if (!world().may_make()) co_return 0;
        const auto reply = co_await ask<&Node::slowly>(world().any()).reply();
        co_return reply ? 1 : 0;
      }
      case 4:
        co_return co_await Foreign<false>();
      case 5: {
        const auto reply = co_await reply_of(Foreign<true>());
        co_return reply ? 1 : 0;
      }
      case 6: {
        if (!world().may_make()) co_return 0;
        const auto reply = co_await timeout(1ms, ask<&Node::take>(world().any())).reply();
        co_return reply ? 1 : 0;
      }
      case 7: {
        auto raced = co_await race(child(cx), ask<&Node::plain>(world().any()));
        co_return static_cast<int>(raced.index());
      }
      case 8: {
        auto [stream, fwd] = stream_pipe<int>(cx, fwd_nop, 4);
        world().keep(world().tasks, spawn_stream(cx, numbers(3), std::move(fwd)));
        int sum = 0;
        while (const std::optional<int> n = co_await stream.next()) sum += *n;
        co_return sum;
      }
      case 9: {
        Scope scope(cx);
        scope.spawn(child(cx));
        world().keep(world().tasks, scope.spawn(Foreign<false>()));
        if (world().below(2)) scope.cancel();
        const auto reply = co_await scope.join().reply();
        co_return reply ? 1 : 0;
      }
      case 10: {
        auto word = co_await on_drop([](const Frame&) { world().act(); }, Frame());
        co_await sleep(1ms);
        word.dismiss();
        co_return 1;
      }
      default:
        co_await shield(child(cx));
        co_return 1;
    }
  }

  const Actor<Node> self_;
  Frame frame_;
  std::vector<Ret<int>> kept_;
  std::vector<ActorOwn<Node>> children_;
};

Task<int> outside(Core& core, Actor<Node> to) {  // a task that no actor owns
  const Frame frame;
  if (world().below(2)) co_await sleep(1ms);
  const auto reply = co_await reply_of(ask<&Node::slowly>(to));
  if (world().below(4) == 1) co_await Foreign<false>();
  if (world().below(4) == 1) core.shutdown(StopCause::stopped);
  co_return reply ? *reply : -1;
}

Actor<Node> World::any() {
  if (!names.empty() && below(4) != 0) return names[below(names.size())];
  if (!owners.empty()) return owners[below(owners.size())].actor();
  keep(owners, make());
  return owners.front().actor();
}
ActorOwn<Node> World::make() {
  switch (below(4)) {
    case 0:
      return make_actor_new<Node>(core, notice());
    case 1:
      return make_actor_prep<&Node::prepare>(core, notice(), Frame());
    default:
      return make_actor<Node>(core, notice());
  }
}
void World::answer(Ret<int> ret) {
  switch (below(6)) {
    case 0:
      return ret(1);
    case 1:
      return;  // dropped
    case 2:
      return keep(rets, std::move(ret));
    case 3:
      return ret.fail(ActorFail(Why::lost));
    case 4:
      if (may_make()) return call<&Node::keep>(any(), std::move(ret));
      return;
    default:
      if (may_make()) after<&Node::take>(any(), 1ms, std::move(ret));
      return;
  }
}
void World::ask_somebody() {
  if (!may_make()) return;
  switch (below(8)) {
    case 0:
      return call<&Node::take>(any(), counted());
    case 1:
      return lazy<&Node::take>(any(), counted());
    case 2:
      return idle<&Node::keep>(any(), counted());
    case 3:
      after<&Node::keep>(any(), 3ms, counted());
      return;
    case 4:
      return call<&Node::behind>(any(), counted().with_timeout(core, 2ms));
    case 5:
      return keep(tasks, spawn(core, outside, counted(), any()));
    case 6:
      return keep(tasks, spawn(core, ask<&Node::slowly>(any()), counted()));
    default: {
      MaxTimerKey key;
      timer_max<&Node::take>(key, any(), core.now() + 5ms, counted());
      return keep(timers, key);
    }
  }
}
void World::act() {
  if (ended) return;
  switch (below(24)) {
    case 1:
    case 2:
      if (may_make()) keep(owners, make());
      return;
    case 3:
      return keep(names, any());
    case 4:
    case 5:
      (void)take(owners);  // perhaps the last
      return;
    case 6:
      (void)take(names);
      return;
    case 7:
      if (!owners.empty()) owners[below(owners.size())].kill("from outside");
      return;
    case 8:
      if (auto own = take(owners); own && may_make())
        call<&Node::adopt>(any(), std::move(*own));  // perhaps by itself
      return;
    case 9:
      if (auto ret = take(rets)) answer(std::move(*ret));
      return;
    case 10:
      (void)take(rets);
      return;
    case 11:
      if (auto task = take(tasks)) task->cancel();
      return;
    case 12:
      (void)take(tasks);
      return;
    case 13:
      if (!fwds.empty() && may_make()) {
        const Fwd<int> fwd = fwds[below(fwds.size())];
        fwd(1);
      }
      return;
    case 14:
      (void)take(fwds);
      return;
    case 15:
      if (!timers.empty()) timer_update(core, timers[below(timers.size())], core.now() + 9ms);
      return;
    case 16:
      if (auto key = take(timers)) timer_delete(core, *key);
      return;
    case 17:
      if (may_make() && notices < most_made) {
        ++notices;
        watch(any(), ret_do([](const Reply<StopCause>&) { ++world().heard; }));
      }
      return;
    case 18:
      return let_go();
    case 19:
      if (auto own = take(owners)) keep(owners, own->owned());
      return;
    case 20:
      if (!owners.empty() && may_make()) init(owners[below(owners.size())]);
      return;
    case 21:
      if (may_make()) call<&Node::work>(any(), Frame());
      return;
    default:
      return ask_somebody();
  }
}
// Foreign code resumes or destroys what it holds.
void World::let_go() {
  if (held.empty()) return;
  const Held one = held.front();
  held.pop_front();
  one.destroys ? one.waiter.destroy() : one.waiter.resume();
}
void World::turn() {
  TROUPE_TRY {
    switch (below(6)) {
      case 0:
        rt->run_one();
        return;
      case 1:
        rt->run(rt->now(), RunLimit{.items = below(30)}, below(2) != 0);
        return;
      case 2:
        rt->trim();
        return;
      default:
        rt->run(rt->now() + below(4) * 1ms, RunLimit{.items = 1000}, true);
    }
  }
  TROUPE_CATCH_ALL {}
}

// Until nothing waits for anything but an answer that somebody keeps.
void World::rest() {
  for (int turns = 0; turns < 200; ++turns) {
    while (!held.empty()) let_go();
    TROUPE_TRY { rt->run(rt->now() + 1ms, RunLimit{.items = 10'000}, true); }
    TROUPE_CATCH_ALL {}
  }
  require(!bytes.empty() || rt->live_timers() == 0, "no timer is left when all has run");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  troupe_test::Bytes bytes(data, size);
  const std::uint64_t rets = Ledger::here().live();
  {
    const auto world = std::make_unique<World>(bytes);
    World& w = *world;
    w.rt->set_end_wait(0s);  // nobody else lets go of what foreign code keeps
    while (!bytes.empty() &&
           bytes.below(256) != 1) {  // what is left is for destructors, at the end of the runtime
      w.act();
      if (bytes.below(3) == 0) w.turn();
      (void)w.rt->shutdown_reason();
    }
    if (size % 2 != 0) w.rest();
    while (!w.held.empty()) w.let_go();  // what foreign code keeps for ever is leaked
    w.rt.reset();                        // destructors go on with all they do
    w.ended = true;
    while (!w.held.empty()) w.let_go();
    w.rets.clear();
    require(w.answers == w.asked, "each Ret is answered once");
    require(w.heard == w.notices, "each end is told once");
  }
  require(Frame::live == 0, "all frames, states and arguments are gone");
  require(Ledger::here().live() == rets, "the ledger stands at zero");
  return 0;
}
