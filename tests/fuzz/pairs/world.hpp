// fuzz/pairs/world.hpp: what one program of pairs reaches: its runtime, objects and sources of
// values, and the books.
//
// A value is a Token: counted, and known by a number, so that one that was accepted and reached
// nobody is noticed, and one that came twice. A program that drops and loses nothing is strict:
// there each value that was accepted while somebody wanted it must be seen.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <tuple>
#include <utility>
#include <vector>

#include "support/alien.hpp"
#include "support/bytes.hpp"
#include "support/require.hpp"

namespace pairs {

using namespace troupe;
using namespace std::chrono_literals;
using troupe_test::Alien;
using troupe_test::Bytes;
using troupe_test::require;

constexpr Duration limit = 1ms;   // of each timeout, and what each sleep takes: so they tie
constexpr Duration half = 500us;  // what time moves by
constexpr int most_made = 40;     // coroutines of one program

/// With TROUPE_TELL=1 in the environment a program says what it does, to follow one that failed.
inline void tell(std::string_view what, std::uint64_t which = 0) {
  static const bool tells = std::getenv("TROUPE_TELL") != nullptr;
  if (tells)
    std::fprintf(stderr, "%.*s %u\n", static_cast<int>(what.size()), what.data(),
                 static_cast<unsigned>(which));
}

struct World;
World& world();

class Token {
 public:
  /// @param accepted whether somebody waits for it, and is owed it
  Token(bool accepted, const char* from);
  Token(Token&& other) noexcept : id_(std::exchange(other.id_, 0)) {}
  Token& operator=(Token&& other) noexcept {
    Token old(std::move(*this));
    id_ = std::exchange(other.id_, 0);
    return *this;
  }
  ~Token();
  void see() noexcept;

 private:
  std::size_t id_;  // 0: moved from
};

// What a foreign library keeps of an awaiter, inside it.
struct Op {
  std::coroutine_handle<> waiter;
  StopToken stop;
  std::optional<Token> result;
  bool destroys = false;
};

class Server;

struct World {
  explicit World(Bytes& b);
  World(const World&) = delete;
  ~World();
  static inline World* here = nullptr;

  struct Known {  // of a Token
    const char* from;
    bool accepted, seen, gone;
  };
  Bytes& bytes;
  bool strict = true;
  bool ended = false;  // the runtime has gone
  bool forgetful =
      false;  // foreign code may keep an awaiter for ever: the task is leaked, and named
  int asked = 0, answers = 0, locals = 0, made = 0, misuses = 0;
  std::vector<Known> tokens{Known{"", false, false, false}};
  std::deque<Op*> pending;
  std::vector<Op*> kept;  // for ever
  std::optional<Runtime> other{std::in_place}, rt{std::in_place};
  std::vector<Ret<Token>> rets;
  std::vector<Fwd<std::optional<Token>>> fwds;
  std::vector<std::unique_ptr<PipeStream<Token>>> streams;
  std::vector<std::unique_ptr<Generator<Token>>> generators;
  std::vector<std::unique_ptr<Alien<Token>>> aliens;
  std::unique_ptr<Event> event;
  std::unique_ptr<Queue<Token>> empty, full;
  std::unique_ptr<Mutex> mutex;
  std::unique_ptr<Semaphore> semaphore;
  MutexGuard guard;
  ActorOwn<Server> server;
  std::vector<TaskRef> refs;

  std::uint64_t below(std::uint64_t n) { return bytes.below(n); }
  bool one_in(std::uint64_t n) { return below(n) == 1; }
  Core& core() { return *rt; }
  bool may_make() { return !ended && made < most_made && ++made; }
  Ret<Token> counted();
  template <class T> std::optional<T> take(std::vector<T>& from) {
    if (from.empty()) return std::nullopt;
    const std::size_t which = below(from.size());
    std::optional<T> what(std::move(from[which]));
    from.erase(from.begin() + static_cast<std::ptrdiff_t>(which));
    return what;
  }

  // ---- sources: what a coroutine waits for, made when it is first wanted (fire.cpp)
  Event& the_event();
  Queue<Token>& the_empty();
  Queue<Token>& the_full();
  Mutex& the_mutex();
  Semaphore& the_semaphore();
  PipeStream<Token>& new_stream();
  void answer(bool may_lose, bool owed = true);  // owed: to one that is not being dropped just now
  bool push();                                   // into the queue that is empty
  bool let_go();                                 // foreign code lets go of the oldest that it holds
  void fire();                                   // one source gives what it has
  void fire_all();                               // each of them, until there is nothing
  void lose();                                   // one source will give nothing
  void destroy() { destroy(below(object_kinds)); }  // an object goes
  void destroy(std::uint64_t which);
  static constexpr std::uint64_t object_kinds = 7;
  // ---- the play (pairs_fuzz.cpp)
  void begin();
  void step();
  void act() { act(below(acts)); }  // the second action
  void act(std::uint64_t what);
  static constexpr std::uint64_t acts = 20;
  void look();  // at all that waits
  void heard_drop();
  void heard_stop();
  void end_runtime();
  void lose_runtime();
  void rest();
  void finish();
};
inline World& world() { return *World::here; }

inline Token::Token(bool accepted, const char* from) : id_(world().tokens.size()) {
  world().tokens.push_back({from, accepted, false, false});
}
inline Token::~Token() {
  if (id_ == 0) return;
  auto& known = world().tokens[id_];
  require(!known.gone, "a value dies once");
  known.gone = true;
}
inline void Token::see() noexcept {
  require(id_ != 0, "what came was not moved away before");
  auto& known = world().tokens[id_];
  require(!known.seen && !known.gone, "each value comes once");
  known.seen = true;
}

// Whatever came: the values in it are seen.
inline void see(Token& token) { token.see(); }
template <class X> void see(X&) {}  // holds none
template <class T> void see(std::optional<T>& maybe);
template <class T> void see(std::expected<T, ActorFail>& reply);
template <class... T> void see(std::tuple<T...>& all);
template <class... T> void see(Raced<T...>& raced);
template <class T> void see(RacedVector<T>& raced);
template <class T> void see(std::vector<T>& all);
template <class T> void see(std::optional<T>& maybe) {
  if (maybe) see(*maybe);
}
template <class T> void see(std::expected<T, ActorFail>& reply) {
  if constexpr (!std::is_void_v<T>)
    if (reply) see(*reply);
}
template <class... T> void see(std::tuple<T...>& all) {
  std::apply([](auto&... each) { (see(each), ...); }, all);
}
template <class... T> void see(Raced<T...>& raced) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (see(raced.template get<I>()), ...);
  }(std::index_sequence_for<T...>{});
}
template <class T> void see(RacedVector<T>& raced) { see(raced.values()); }
template <class T> void see(std::vector<T>& all) {
  for (T& each : all) see(each);
}

// Lives in a frame.
class Local {
 public:
  Local() { ++world().locals; }
  Local(const Local&) = delete;
  ~Local() {
    require(std::exchange(alive_, 0) == living, "a local dies once");
    --world().locals;
  }

 private:
  static constexpr unsigned living = 0x600D10CA;
  unsigned alive_ = living;
};

// Children that go with their scope take along what they had received: nobody awaits that.
class Nursery : public Scope {
 public:
  using Scope::Scope;
  ~Nursery() {
    if (size() != 0) world().strict = false;
  }
};

// Lives in a foreign coroutine. Nothing shows what such a one had received that is dropped before
// its end.
class InAlien {
 public:
  explicit InAlien(bool is) : is_(is) {}
  InAlien(const InAlien&) = delete;
  ~InAlien() {
    if (is_ && !ended) world().strict = false;
  }
  bool ended = false;

 private:
  bool is_;
};

}  // namespace pairs
