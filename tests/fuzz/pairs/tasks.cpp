// fuzz/pairs/tasks.cpp: the pairs inside tasks, and the ways from one task to the next.
#include "fuzz/pairs/shapes.hpp"

namespace pairs {

namespace {
Task<Token> gives(bool wanted) {
  const Local local;
  co_return Token(wanted, "a task");
}
#if TROUPE_EXCEPTIONS
using Shapes = List<Plain, AsReply, InTime, InTimeOrReply, InTimeOrThrows, BeforeASleep, FirstOfTwo,
                    AnyOfTwo, FirstOfMany, BothOfTwo, WithASleep, RaceInTime, InTimeRaced>;
#else
using Shapes = List<Plain, AsReply, InTime, InTimeOrReply, BeforeASleep, FirstOfTwo, AnyOfTwo,
                    FirstOfMany, BothOfTwo, WithASleep, RaceInTime, InTimeRaced>;
#endif
using InTasks = Pairs<Task<Token>, Shapes>;

// It hears of a stop, and of being dropped.
Task<Token> hears(bool wanted) {
  const Local local;
  auto word = co_await on_drop([] { world().heard_drop(); });
  const StopToken token = co_await stop_token();
  const StopCallback hear(token, [] { world().heard_stop(); });
  Token got = co_await nested(true);
  got.see();
  word.dismiss();
  co_return Token(wanted, "a task that hears");
}
Step<> steps(Token& out) {
  const Local local;
  out = co_await nested(true);
}
Task<Token> borrows(bool wanted) {
  const Local local;
  Token got(false, "nothing");
  co_await steps(got);
  got.see();
  co_return Token(wanted, "a task with a step");
}
Task<Token> shields(bool wanted) {
  const Local local;
  Token got = co_await shield(nested(false));
  got.see();
  co_return Token(wanted, "a task that shields");
}
Task<Token> replies(bool wanted) {
  const Local local;
  auto got = co_await nested(true).reply();
  see(got);
  co_return Token(wanted, "a task that replies");
}
Task<Token> catches(bool wanted) {
  const Local local;
  TROUPE_TRY {
    Token got = co_await nested(true);
    got.see();
  }
  TROUPE_CATCH_ALL { world().strict = false; }
  co_return Token(wanted, "a task that catches");
}
Task<Token> nurses(bool wanted) {  // a nursery, of children of all kinds
  const Local local;
  Nursery scope(*Core::current());
  for (auto n = world().below(4); n != 0; --n) {
    switch (world().below(4)) {
      case 0:
        world().refs.push_back(scope.spawn(sleep(limit)));
        break;
      case 1:
        world().refs.push_back(scope.spawn(nested(false)));
        break;
      case 2:
        world().refs.push_back(scope.spawn(ask<&Server::plain>(world().server)));
        break;
      default:
        world().refs.push_back(scope.spawn(ForeignCancels(false)));
    }
  }
  if (world().one_in(4)) {
    world().strict = false;
    scope.cancel();
  }
  auto joined = co_await scope.join().reply();
  see(joined);
  co_return Token(wanted, "a task with a scope");
}
Task<Token> collects(bool wanted) {
  const Local local;
  std::vector<Token> all = co_await collect(take(nested_generator(false), 2));
  see(all);
  co_return Token(wanted, "a task that collects");
}
Task<Token> forwards(bool wanted) {
  const Local local;
  auto [stream, fwd] = stream_pipe<Token>(*Core::current(), fwd_nop, 4);
  world().refs.push_back(spawn_stream(*Core::current(), nested_generator(false), std::move(fwd)));
  for (;;) {
    auto item = co_await stream.next().reply();
    if (!item) break;
    see(*item);
  }
  co_return Token(wanted, "a task with a stream");
}

Generator<Token> yields() {
  const Local local;
  for (auto n = world().below(3); n != 0; --n) {
    if (world().one_in(8)) {
      world().strict = false;
      co_yield std::unexpected(ActorFail(Why::lost));
    }
    if (world().below(2) != 0) {
      Token got = co_await nested(true);
      got.see();
    }
    co_yield Token(false, "a generator");
  }
}
// A merge that goes before its end takes along what its sources had received.
class TakesAlong {
 public:
  TakesAlong() = default;
  TakesAlong(const TakesAlong&) = delete;
  ~TakesAlong() {
    if (!ended) world().strict = false;
  }
  bool ended = false;
};
Generator<Token> merges(Generator<Token> one, Generator<Token> two) {
  TakesAlong mark;
  auto merged = merge(std::move(one), std::move(two));
  for (;;) {
    auto item = co_await merged.next();
    if (!item) break;
    co_yield std::move(*item);
  }
  mark.ended = true;
}
Token mapped(Token token) { return token; }
bool passes(const Token&) { return true; }
}  // namespace

Generator<Token> nested_generator(bool plain) {
  if (plain || !world().may_make()) return yields();
  const auto which = world().below(6);
  tell("a generator, way", which);
  switch (which) {
    case 0:
      return map(nested_generator(false), mapped);
    case 1:
      return filter(nested_generator(false), passes);
    case 2:
      return merges(nested_generator(false), nested_generator(false));
    case 3:
      return take(nested_generator(false), 1);
    default:
      return yields();
  }
}

Task<Token> nested(bool wanted) {
  if (!world().may_make()) return gives(wanted);
  constexpr std::array hops{&hears,   &borrows, &shields,  &replies,
                            &catches, &nurses,  &collects, &forwards};
  const auto which = world().below(3 * hops.size());
  tell("a coroutine, way", which);
  return which < hops.size() ? hops[which](wanted) : InTasks::any(wanted);
}
std::size_t pairs_in_tasks() { return InTasks::count; }
std::string_view name_in_tasks(std::size_t which) { return InTasks::at(which).name; }
Task<Token> in_task(std::size_t which) { return InTasks::at(which).begin(true); }

void Server::begin(Cx<Server>& cx) {
  world().refs.push_back(spawn(cx, [](Cx<Server>&) { return nested(true); }, world().counted()));
}

}  // namespace pairs
