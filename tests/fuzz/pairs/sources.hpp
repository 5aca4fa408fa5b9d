// fuzz/pairs/sources.hpp: all that can be awaited: a local of the coroutine that awaits, which
// makes the awaitable.
#pragma once
#include <list>

#include "fuzz/pairs/world.hpp"

namespace pairs {

// What a coroutine awaits next: another coroutine of chance.
Task<Token> nested(bool wanted);
Alien<Token> nested_alien();
Generator<Token> nested_generator(bool plain);
// Or each pair, by number.
std::size_t pairs_in_tasks();
std::string_view name_in_tasks(std::size_t which);
Task<Token> in_task(std::size_t which);
std::size_t pairs_in_aliens();
std::string_view name_in_aliens(std::size_t which);
Alien<Token> in_alien(std::size_t which, bool eager);

class Server {  // the actor of each program
 public:
  void later(Ret<Token> ret) { world().rets.push_back(std::move(ret)); }
  void now(Ret<Token> ret) {
    const bool wanted = ret.is_wanted();
    ret(Token(wanted, "ask"));
  }
  Token plain() { return Token(false, "ask"); }
  Task<Token> serve(Cx<Server>&) {
    const Local local;
    co_return co_await nested(false);
  }
  Task<> handle(Cx<Server>&) {
    const Local local;
    Token token = co_await nested(true);
    token.see();
  }
  void begin(Cx<Server>& cx);
  Task<> one_pair(Cx<Server>&, std::size_t which) {
    const Local local;
    Token token = co_await in_task(which);
    token.see();
  }
  void deed(Cx<Server>& cx, int what);
};

// ---- awaitables of other libraries
class ForeignBase {
 public:
  ForeignBase(std::uint64_t how, bool wanted) noexcept : how_(how), wanted_(wanted) {}
  ForeignBase(ForeignBase&& other) noexcept
      : forgets(other.forgets), how_(other.how_), wanted_(other.wanted_) {}  // before it is awaited
  ~ForeignBase() {
    const auto count = std::erase(world().pending, &op);
    if (how_ == at_its_end && count != 0)
      op.waiter.resume();  // a library that is closed wakes all
    else if (!forgets)
      world().misuses += static_cast<int>(count);
    if (std::erase(world().kept, &op) != 0 && !forgets) ++world().misuses;
  }
  bool await_ready() noexcept {
    if (how_ == ready) op.result.emplace(wanted_, "foreign, ready");
    return how_ == ready;
  }
  template <class P> bool await_suspend(std::coroutine_handle<P> h) {
    if constexpr (requires { h.promise().stop_token(); }) {
      if (wanted_ && world().below(2) != 0) op.stop = h.promise().stop_token();
    } else {  // a coroutine of a foreign type is not made to stand more, and may be destroyed
              // anywhere
      forgets = true;
      if ((how_ > throws && how_ != never) || how_ == at_once) how_ = later;
    }
    return suspend(h);
  }
  Token await_resume() {
    if (!op.result) return Token(false, "foreign, none");
    return std::move(*op.result);
  }
  Op op;
  bool forgets = false;

 protected:
  enum How : std::uint64_t {
    ready,
    refuses,
    at_once,
    throws,
    at_its_end,
    destroys,
    later,
    never = 100
  };

 private:
  bool suspend(std::coroutine_handle<> h) {
    op.waiter = h;
    switch (how_) {
      case refuses:
        op.result.emplace(wanted_, "foreign, at once");
        return false;
      case at_once:
        op.result.emplace(wanted_, "foreign, inside");
        h.resume();
        return true;
      case throws:
        world().strict = false;
        TROUPE_THROW(Error("thrown by foreign code"));
      case never:
        world().kept.push_back(&op);
        return true;
      default:
        op.destroys = how_ == destroys;
        world().pending.push_back(&op);
        return true;
    }
  }
  std::uint64_t how_;
  bool wanted_;
};
inline std::uint64_t any_way(std::uint64_t n) {
  const std::uint64_t how = world().below(n);
  return TROUPE_EXCEPTIONS || how != 3 ? how : n - 1;
}
struct Foreign : ForeignBase {
  explicit Foreign(bool wanted = true) : ForeignBase(any_way(9), wanted) {}
};
struct ForeignNever : ForeignBase {  // in programs for that
  explicit ForeignNever(bool wanted = true)
      : ForeignBase(world().forgetful ? never : later, wanted) {}
};
struct ForeignSafe : ForeignBase {  // may be destroyed while it waits
  explicit ForeignSafe(bool wanted = true) : ForeignBase(any_way(4) == 0 ? 0 : 6, wanted) {
    forgets = true;
  }
};
struct ForeignCancels : ForeignBase {  // is asked whether it may
  explicit ForeignCancels(bool wanted = true) : ForeignBase(any_way(4) == 0 ? 0 : 6, wanted) {}
  bool await_cancel(std::coroutine_handle<>) noexcept {
    return std::erase(world().pending, &op) != 0;
  }
};

}  // namespace pairs
template <> inline constexpr bool troupe::enable_destroy_while_suspended<pairs::ForeignSafe> = true;
namespace pairs {

// ---- of ours
struct PushPipe {
  static auto make() {
    auto [value, ret] = push_pipe<Token>(world().core());
    if (world().one_in(6))
      ret(Token(true, "pipe, before"));
    else
      world().rets.push_back(std::move(ret));
    return std::move(value);
  }
};
struct PullPipe {
  static auto make() {
    return pull_pipe<Token>(
        ret_some_do([](Ret<Token> ret) { world().rets.push_back(std::move(ret)); }));
  }
};
struct AskLater {
  static auto make() { return ask<&Server::later>(world().server); }
};
struct AskNow {
  static auto make() { return ask<&Server::now>(world().server); }
};
struct AskPlain {
  static auto make() { return ask<&Server::plain>(world().server); }
};
struct AskCoroutine {
  static auto make() { return ask<&Server::serve>(world().server); }
};
struct Sleeps {
  static auto make() { return sleep(limit * static_cast<int>(world().below(3))); }
};
struct Waits {
  static auto make() { return world().the_event().wait(); }
};
struct Pops {
  static auto make() { return world().the_empty().pop(); }
};
struct Pushes {
  static auto make() { return world().the_full().push(Token(false, "pushed")); }
};
struct Locks {
  static auto make() { return world().the_mutex().lock(); }
};
struct Acquires {
  static auto make() { return world().the_semaphore().acquire(); }
};
struct ReadsPipe {
  static auto make() { return world().new_stream().next(); }
};
struct ReadsGenerator {
  auto make() {
    if (world().below(4) != 0) return own.emplace_back(nested_generator(false)).next();
    world().generators.push_back(std::make_unique<Generator<Token>>(nested_generator(true)));
    return world().generators.back()->next();
  }
  std::list<Generator<Token>> own;
};
struct Joins {
  auto make() {
    Scope& scope = scopes.emplace_back(*Core::current());
    for (auto n = world().below(3); n != 0; --n) scope.spawn(nested(false));
    return scope.join();
  }
  std::list<Nursery> scopes;
};
template <class F> struct AwaitsForeign {
  static F make() { return F(); }
};
struct AwaitsTask {
  explicit AwaitsTask(bool w = true) : wanted(w) {}
  Task<Token> make() const { return nested(wanted); }
  bool wanted;
};
struct AwaitsAlien {
  static Alien<Token> make() { return nested_alien(); }
};

}  // namespace pairs
