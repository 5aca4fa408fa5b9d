// fuzz/actors_fuzz.cpp: actor programs of chance beside an oracle: who runs when, who ends of what,
// who hears of it and why, in runs with and without a limit.
//
// The bytes make scripts of steps (call, ask, make, kill, watch, stop, throw, ...), which handlers,
// constructors, coroutine handlers and the host play. The model (support/actor_model.hpp) plays
// them too; both must tell the same.
#include <array>
#include <memory>
#include <optional>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/actor_model.hpp"
#include "support/bytes.hpp"
#include "support/require.hpp"

namespace {

using namespace troupe;
using namespace std::chrono_literals;
using troupe_test::Bytes;
using troupe_test::require;
using namespace troupe_test::actors;

class Node;
struct World;
World& world();

struct Gone {  // lives in a frame
  explicit Gone(int n) : uid(n) {}
  Gone(const Gone&) = delete;
  ~Gone();
  int uid;
};

class Node {
 public:
  Node(Cx<Node>& cx, int number, int script);
  Node(const Node&) = delete;
  ~Node();
  static void prepare(Prep<Node>& prep, int number, int script, int wait);
  void work(Cx<Node>& cx, int uid, int script, Ret<int> ret);
  Task<> slowly(Cx<Node>& cx, int uid, int script, int wait, Ret<int> ret);
  void got(int uid, const Reply<int>& reply);
  void hears(int uid, const Reply<StopCause>& cause);
  std::vector<Ret<int>> kept;
  const int number;
};

// The library's side of `play`.
struct World {
  struct Self {
    Cx<Node>& cx;
    std::vector<Ret<int>>& kept;
  };
  using Answer = Ret<int>;
  struct Slot {
    ActorOwn<Node> own;
    Actor<Node> name;
    int number = 0;  // 0: there was none yet
  };
  explicit World(std::vector<Script> programs) {
    here = this;
    book_.scripts = std::move(programs);
    rt->set_logger(LogLevel::error, [](Core&, const LogRecord& record) {
      here->book_.say("error", static_cast<int>(record.id), 0, std::string(record.text));
    });
  }
  static inline World* here = nullptr;
  Book& book() { return book_; }
  Core& core() { return *rt; }
  Slot& slot(std::size_t who) { return slot_[who % slots]; }

  void send(const Act& s, int uid) {
    Slot& to = slot(s.who);
    if (to.number == 0) return;
    const int wait = 1 + s.arg % 3;
    switch (s.what) {
      case Do::slowly:
        return call<&Node::slowly>(to.name, uid, s.script, wait, ret_nop);
      case Do::lazy:
        return lazy<&Node::work>(to.name, uid, s.script, ret_nop);
      case Do::idle:
        return idle<&Node::work>(to.name, uid, s.script, ret_nop);
      case Do::later:
        after<&Node::work>(to.name, 1ms * (s.arg % 4), uid, s.script, ret_nop);
        return;
      default:
        return call<&Node::work>(to.name, uid, s.script, ret_nop);
    }
  }
  void ask(const Act& s, int uid, Self* self) {
    Slot& to = slot(s.who);
    if (to.number == 0) return;
    Ret<int> ret =
        self ? Ret<int>(ret_to<&Node::got>(self->cx, uid))
             : Ret<int>(ret_do([](int id, const Reply<int>& reply) { answered(id, reply); }, uid));
    if (s.arg % 3 == 0)
      call<&Node::slowly>(to.name, uid, s.script, 1 + s.arg % 3, std::move(ret));
    else
      call<&Node::work>(to.name, uid, s.script, std::move(ret));
  }
  static void answered(int uid, const Reply<int>& reply);
  void answer(Ret<int>& ret, int value) {
    if (ret) ret(value);
  }
  void keep(Self& self, Ret<int>& ret) {
    if (ret) self.kept.push_back(std::move(ret));
  }
  void answer_kept(Self& self, int value) {
    for (Ret<int>& ret : std::exchange(self.kept, {})) answer(ret, value);
  }
  static void let_go_of(std::vector<Ret<int>> kept) {  // first to last, as not every vector does
    for (Ret<int>& ret : kept) const Ret<int> dies_here = std::move(ret);
  }
  void drop_kept(Self& self) { let_go_of(std::exchange(self.kept, {})); }
  void drop_throwing([[maybe_unused]] Ret<int>& ret) {
#if TROUPE_EXCEPTIONS
    try {
      const Ret<int> dies_here = std::move(ret);
      throw 1;
    } catch (int) {}
#endif
  }
  void make(const Act& s, int number, Self* self) {
    Ret<StopCause> notify =
        self ? Ret<StopCause>(ret_to<&Node::hears>(self->cx, number)) : notice(number);
    ActorOwn<Node> own = [&] {
      if (s.what == Do::make)
        return make_actor<Node>(core(), std::move(notify), number, int{s.script});
      if (s.what == Do::prepare)
        return make_actor_prep<&Node::prepare>(core(), std::move(notify), number, int{s.script},
                                               s.arg % 3);
      return make_actor_new<Node>(core(), std::move(notify));
    }();
    Slot& to = slot(s.who);
    to.name = own.actor();
    to.number = number;
    to.own = std::move(own);
  }
  Ret<StopCause> notice(int uid) {
    return ret_do([](int id, const Reply<StopCause>& cause) { heard("heard", id, cause); }, uid);
  }
  static void heard(const char* how, int uid, const Reply<StopCause>& cause);
  void start(const Act& s, int) {
    Slot& to = slot(s.who);
    if (to.own) init(to.own, int{to.number}, int{s.script});
  }
  void let_go(std::size_t who) { slot(who).own = {}; }
  void kill(std::size_t who, const std::string& text) {
    if (slot(who).own) slot(who).own.kill(text);
  }
  void watch(std::size_t who, int uid) {
    if (slot(who).number != 0) troupe::watch(slot(who).name, notice(uid));
  }
  void defer(int script, int uid) {
    troupe::defer(
        core(),
        [](int s, int id) {
          here->book_.say("deferred", id);
          play<World>(*here, nullptr, s, nullptr);
        },
        script, uid);
  }
  void stop(Self& self) { self.cx.stop(); }
  void stop_after_tasks(Self& self) { self.cx.stop_after_tasks(); }
  void fail(Self& self, const std::string& text) { self.cx.fail(text); }
  bool raise(Self&, [[maybe_unused]] const std::string& text) {
    TROUPE_THROW(std::runtime_error(text));
    return false;
  }

  std::optional<Runtime> rt{std::in_place};
  std::array<Slot, slots> slot_;
  Book book_;
};
World& world() { return *World::here; }

std::string loss(const Reply<int>& reply) {
  if (reply) return "";
  const ActorFail& fail = reply.error();
  return reason(to_string(fail.why()), static_cast<int>(fail.actor()), fail.error().text());
}
void World::answered(int uid, const Reply<int>& reply) {
  here->book_.say("answer", uid, reply ? *reply : 0, loss(reply));
}
void World::heard(const char* how, int uid, const Reply<StopCause>& cause) {
  here->book_.say(how, uid, 0,
                  name(static_cast<Cause>(cause->kind()), std::string(cause->error().text())));
}
Gone::~Gone() { world().book().say("frame", uid); }

Node::Node(Cx<Node>& cx, int n, int script) : number(n) {
  World::Self self{cx, kept};
  world().book().say("made", number);
  Ret<int> none = ret_nop;
  play(world(), &self, script, &none);
}
Node::~Node() {
  World::let_go_of(std::exchange(kept, {}));
  world().book().say("gone", number);
}
void Node::prepare(Prep<Node>& prep, int number, int script, int wait) {
  world().book().say("prepares", number, wait);
  if (wait != 0)
    after<&Node::prepare>(prep, 1ms, number, script, wait - 1);
  else
    prep.ready(number, script);
}
void Node::work(Cx<Node>& cx, int uid, int script, Ret<int> ret) {
  World::Self self{cx, kept};
  world().book().say("works", number, uid);
  Ret<int> local = is_local(uid) ? std::move(ret) : Ret<int>(nullptr);
  play(world(), &self, script, is_local(uid) ? &local : &ret);
}
Task<> Node::slowly(Cx<Node>& cx, int uid, int script, int wait, Ret<int> ret) {
  const Gone frame(uid);
  World::Self self{cx, kept};
  Ret<int> local = is_local(uid) ? std::move(ret) : Ret<int>(nullptr);
  Ret<int>& held = is_local(uid) ? local : ret;
  world().book().say("begins", number, uid);
  play(world(), &self, script, &held);
  co_await sleep(1ms * wait);
  world().book().say("goes on", number, uid);
  play(world(), &self, script + 1, &held);
}
void Node::got(int uid, const Reply<int>& reply) {
  world().book().say("got", number * 10000 + uid, reply ? *reply : 0, loss(reply));
}
void Node::hears(int uid, const Reply<StopCause>& cause) {
  World::heard("hears", number * 10000 + uid, cause);
}

struct Turn {  // of the host: it plays a script, then runs
  int script;
  int wait;  // milliseconds
  bool idle;
  std::size_t most;  // of the items that are run
};

template <class Side, class Run>
void play_all(Side& side, const std::vector<Turn>& turns, Run run) {
  std::int64_t now = 0;
  for (const Turn& turn : turns) {
    play<Side>(side, nullptr, turn.script, nullptr);
    const Ran ran = run(now += turn.wait, turn.idle, turn.most);
    side.book().say("ran", ran.work, ran.idle);
  }
  for (int rest = 0; rest < 600; ++rest) run(++now, true, SIZE_MAX);  // each idle item takes one
  for (std::size_t who = 0; who < slots; ++who) side.let_go(who);
  run(++now, true, SIZE_MAX);
}

void program(Bytes& bytes) {
  std::vector<Script> made(scripts);
  for (Script& script : made)
    for (auto n = bytes.below(5); n != 0; --n) {
      auto what = static_cast<Do>(bytes.below(static_cast<std::uint64_t>(Do::count)));
      if (!TROUPE_EXCEPTIONS && (what == Do::raise || what == Do::drop_throwing)) what = Do::fail;
      const auto byte = [&] { return static_cast<std::uint8_t>(bytes.below(256)); };
      script.push_back({what, byte(), static_cast<std::uint8_t>(byte() % scripts), byte()});
    }
  std::vector<Turn> turns;
  for (auto n = 1 + bytes.below(8); n != 0; --n)
    turns.push_back({static_cast<int>(bytes.below(scripts)), static_cast<int>(bytes.below(4)),
                     bytes.below(2) != 0, bytes.below(2) != 0 ? SIZE_MAX : bytes.below(6)});

  const std::uint64_t rets = Ledger::here().live();
  Model model(made);
  play_all(model, turns, [&](std::int64_t now, bool idle, std::size_t most) {
    return model.run(now, idle, most);
  });
  const auto own = std::make_unique<World>(made);
  World& real = *own;
  play_all(real, turns, [&](std::int64_t now, bool idle, std::size_t most) {
    const RunResult result = real.rt->run(Instant(1ms * now), RunLimit{.items = most}, idle);
    return Ran{result.work, result.idle};
  });

  const auto& told = real.book().lines;
  const auto& right = model.book().lines;
  for (std::size_t i = 0; i < right.size() || i < told.size(); ++i) {
    const std::string is = i < told.size() ? told[i] : "(nothing)",
                      was = i < right.size() ? right[i] : "(nothing)";
    if (is == was) continue;
    for (std::size_t j = i < 25 ? 0 : i - 25; j < i; ++j)
      std::fprintf(stderr, "  %s\n", told[j].c_str());
    std::fprintf(stderr, "then %s, where the oracle says %s\n", is.c_str(), was.c_str());
    require(false, "the actors do what the oracle says");
  }
  require(real.rt->actors().empty() && real.rt->live_tasks() == 0, "all has ended");
  real.rt.reset();
  require(Ledger::here().live() == rets, "the ledger stands at zero");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  troupe_test::Bytes bytes(data, size);
  while (!bytes.empty()) program(bytes);
  return 0;
}
