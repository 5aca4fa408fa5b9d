// task/inside_foreign_test.cpp: all of ours awaited in a coroutine of a foreign type: what comes,
// and what is lost.
//
// Such a coroutine has no task that could be dropped: whatever does not come is thrown there, as
// ActorFailed. It runs by the queue of the runtime in which it awaits, and nothing of ours may
// outlive it.
#include <gtest/gtest.h>

#include <coroutine>
#include <exception>
#include <expected>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <tuple>
#include <utility>
#include <vector>

#include "support/alien.hpp"
#include "support/detached.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace inside_foreign_test {

using namespace std::chrono_literals;
using troupe_test::Detached;
using troupe_test::say;
using troupe_test::told;

std::string shown(int v) { return std::to_string(v); }
std::string shown(bool v) { return v ? "yes" : "no"; }
std::string shown(const std::optional<int>& v) { return v ? std::to_string(*v) : "end"; }
std::string shown(const MutexGuard& guard) { return guard ? "locked" : "empty"; }
std::string shown(const Permit& permit) { return std::to_string(permit.count()) + "permits"; }
std::string shown(const std::tuple<int, int>& v) {
  return shown(std::get<0>(v)) + "," + shown(std::get<1>(v));
}
template <class... T> std::string shown(const Raced<T...>& raced) {
  return "first" + std::to_string(raced.index());
}

template <class X> void drop(X dies_here) { (void)dies_here; }

Task<int> gives(int v) {
  co_await sleep(1ms);
  co_return v;
}
Task<int> never() {
  co_await sleep(1000s);
  co_return 0;
}
Task<int> loses(Core& core) {
  auto [value, ret] = push_pipe<int>(core);
  drop(std::move(ret));
  co_return co_await value;
}
Generator<int> yields() {
  co_await sleep(1ms);
  co_yield 7;
}
Generator<int> yields_a_loss() {
  co_await sleep(1ms);
  co_yield std::unexpected(ActorFail(Why::lost));
}
#if TROUPE_EXCEPTIONS
struct Brittle {  // can be moved so often; the next move throws
  explicit Brittle(int moves) : left(moves) {}
  Brittle(Brittle&& other) : left(other.left - 1) {
    if (left < 0) throw std::runtime_error("broke");
  }
  int left;
};
#endif
struct Server {
  void get(int v, Ret<int> ret) { ret(v); }
  void forget(Ret<int>) {}
#if TROUPE_EXCEPTIONS
  void break_it(int moves, Ret<Brittle> ret) { ret(Brittle(moves)); }
#endif
  Task<int> slowly(Cx<Server>&, int v) {
    co_await sleep(1ms);
    co_return v;
  }
};

// All that can be awaited at, and what settles it from outside.
struct World {
  Runtime rt;
  ActorOwn<Server> server = make_actor<Server>(rt, ret_nop);
  PushPipe<int> pipe = push_pipe<int>(rt);
  StreamPipe<int> items = stream_pipe<int>(rt), more = stream_pipe<int>(rt);
  Generator<int> generator = yields(), lost_generator = yields_a_loss();
  Ret<int> pulled = nullptr;
  std::optional<Event> event;
  std::optional<Mutex> mutex;
  std::optional<Semaphore> semaphore;
  std::optional<Queue<int>> queue, full;
  MutexGuard held_guard;
  Permit held_permit;
  std::optional<Scope> scope;
  std::vector<Detached> coroutines;

  World() {
    event.emplace();
    mutex.emplace();
    held_guard = mutex->try_lock();
    semaphore.emplace(2u);
    held_permit = semaphore->try_acquire(2);
    queue.emplace(1u);
    full.emplace(1u);
    full->try_push(1);
    scope.emplace(rt);
  }
  Ret<Ret<int>> request() {
    return ret_some_do([](Ret<int>* to, Ret<int> ret) { *to = std::move(ret); },
                       unsafe_borrow(&pulled));
  }
};

// Awaits what `make` makes, in mode 1, and says what it got; or in mode 1 or 3, what was thrown.
template <class Make> Detached gets(World& w, std::string name, Make make) {
  using T = detail::awaited<decltype(make(w))>;
  if constexpr (std::is_void_v<T>) {
    co_await make(w);
    say(name);
  } else {
    const T got = co_await make(w);
    say(name + "=", shown(got));
  }
}
template <class Make> void start(World& w, const char* name, Make make) {
  w.coroutines.push_back(gets(w, name, std::move(make)));
}

using InsideForeignTest = troupe_test::BalancedTest;

template <class Begin> void walk(World& w, Begin begin) {
  defer(w.rt, [](World* world, Begin all) { all(*world); }, unsafe_borrow(&w), std::move(begin));
  w.rt.run();
}

TEST_F(InsideForeignTest, WhatTheyGet) {
  World w;
  walk(w, [](World& world) {
    start(world, "sleep", [](World&) { return sleep(1ms); });
    start(world, "until", [](World& x) { return sleep_until(x.rt.now() + 1ms); });
    start(world, "ask", [](World& x) { return ask<&Server::get>(x.server, 1); });
    start(world, "asktask", [](World& x) { return ask<&Server::slowly>(x.server, 2); });
    start(world, "push", [](World& x) -> auto& { return x.pipe.value; });
    start(world, "pull", [](World& x) { return pull_pipe<int>(x.request()); });
    start(world, "task", [](World&) { return gives(3); });
    start(world, "race", [](World&) { return race(never(), gives(4)); });
    start(world, "any", [](World& x) { return any(loses(x.rt), gives(5)); });
    start(world, "shield", [](World&) { return shield(gives(6)); });
    start(world, "all", [](World&) { return all(gives(1), gives(2)); });
    start(world, "timeout", [](World&) { return timeout(1s, gives(7)); });
    start(world, "deadline", [](World& x) { return deadline(x.rt.now() + 1s, x.event->wait()); });
    start(world, "event", [](World& x) { return x.event->wait(); });
    start(world, "mutex", [](World& x) { return x.mutex->lock(); });
    start(world, "semaphore", [](World& x) { return x.semaphore->acquire(2); });
    start(world, "pop", [](World& x) { return x.queue->pop(); });
    start(world, "queuenext", [](World& x) { return x.queue->next(); });
    start(world, "fullpush", [](World& x) { return x.full->push(2); });
    start(world, "stream", [](World& x) { return x.items.stream.next(); });
    start(world, "generator", [](World& x) { return x.generator.next(); });
    start(world, "join", [](World& x) {
      x.scope->spawn(gives(0));
      return x.scope->join();
    });
  });
  EXPECT_EQ(told(), "ask=1") << "all others wait";
  run_virtual(w.rt, w.rt.now() + 1ms);
  EXPECT_EQ(told(),
            "sleep until asktask=2 task=3 race=first1 any=first1 shield=6 all=1,2 timeout=7 "
            "generator=7 join");
  w.pipe.ret(8);
  w.pulled(9);
  w.event->set();
  w.held_guard.unlock();
  w.held_permit.release();
  w.queue->try_push(10);
  EXPECT_EQ(w.full->try_pop(), 1);
  w.items.fwd(11);
  EXPECT_EQ(told(), "") << "never resumed inside who settles it";
  w.rt.run();
  EXPECT_EQ(
      told(),
      "push=8 pull=9 deadline event mutex=locked semaphore=2permits pop=10 fullpush=yes stream=11");
  w.queue->close();
  w.rt.run();
  EXPECT_EQ(told(), "queuenext=end");
  for (const Detached& coroutine : w.coroutines) EXPECT_TRUE(coroutine.done());
  w.generator = yields();
  run_virtual(w.rt);
  EXPECT_EQ(w.rt.live_tasks(), 0u);
  EXPECT_EQ(w.rt.live_timers(), 0u);
}

// Coroutines of libraries that keep by value what they await, and move it before they wait: into
// the frame of a wrapper.
template <class T> class Wrapped {
 public:
  struct promise_type {
    Wrapped get_return_object() {
      return Wrapped(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        return h.promise().next;
      }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    template <class U> void return_value(U&& v) { value.emplace(std::forward<U>(v)); }
    void unhandled_exception() noexcept { error = std::current_exception(); }
    std::optional<T> value;
    std::exception_ptr error;
    std::coroutine_handle<> next;
  };
  explicit Wrapped(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Wrapped(Wrapped&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Wrapped() {
    if (handle_) handle_.destroy();
  }
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) const noexcept {
    handle_.promise().next = h;
    return handle_;
  }
  T await_resume() const {
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
    return std::move(*handle_.promise().value);
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};
struct Nothing {};
std::string shown(Nothing) { return "nothing"; }
template <class A>
using wrapped_value =
    std::conditional_t<std::is_void_v<detail::awaited<A>>, Nothing, detail::awaited<A>>;
template <class A> Wrapped<wrapped_value<A>> wrap(A awaitable) {
  if constexpr (std::is_void_v<detail::awaited<A>>) {
    co_await std::move(awaitable);
    co_return Nothing();
  } else {
    co_return co_await std::move(awaitable);
  }
}
template <class A> struct Stored {  // as a sender, which is moved on until it is connected
  A awaitable;
  auto connect() && { return wrap(std::move(awaitable)); }
};
class Moving : public Detached {
 public:
  struct promise_type : Detached::promise_type {
    Moving get_return_object() {
      return Moving(std::coroutine_handle<Detached::promise_type>::from_promise(*this));
    }
    template <class A> auto await_transform(A&& awaitable) {
      Stored<std::remove_cvref_t<A>> first{std::forward<A>(awaitable)};
      Stored<std::remove_cvref_t<A>> second{std::move(first)};
      return std::move(second).connect();
    }
  };
  using Detached::Detached;
};

std::string shown(const ActorFail& fail) { return std::string(to_string(fail.why())); }
template <class T> std::string shown(const std::expected<T, ActorFail>& reply) {
  if (!reply) return shown(reply.error());
  if constexpr (std::is_void_v<T>)
    return "ok";
  else
    return shown(*reply);
}
template <class T> std::string shown(const std::optional<std::expected<T, ActorFail>>& item) {
  return item ? shown(*item) : "end";
}

template <class Make> Moving moves(World& w, std::string name, Make make) {
  const auto got = co_await make(w);
  say(name + "=", shown(got));
}
template <class Make> void start_moving(World& w, const char* name, Make make) {
  w.coroutines.push_back(moves(w, name, std::move(make)));
}

TEST_F(InsideForeignTest, WhatIsAwaitedMayBeMovedBefore) {
  World w;
  walk(w, [](World& world) {
    start_moving(world, "sleep", [](World&) { return sleep(1ms); });
    start_moving(world, "slept", [](World&) { return reply_of(sleep(1ms)); });
    start_moving(world, "ask", [](World& x) { return ask<&Server::get>(x.server, 1).reply(); });
    start_moving(world, "asktask",
                 [](World& x) { return ask<&Server::slowly>(x.server, 2).value(); });
    start_moving(world, "push", [](World& x) { return x.pipe.value.reply(); });
    start_moving(world, "pull", [](World& x) { return pull_pipe<int>(x.request()).value(); });
    start_moving(world, "task", [](World&) { return gives(3); });
    start_moving(world, "taskreply", [](World&) { return gives(4).reply(); });
    start_moving(world, "lost", [](World& x) { return loses(x.rt).reply(); });
    start_moving(world, "race", [](World&) { return race(never(), gives(5)).reply(); });
    start_moving(world, "all", [](World&) { return all(gives(1), gives(2)).reply(); });
    start_moving(world, "shield", [](World&) { return shield(gives(6)).value(); });
    start_moving(world, "late", [](World& x) { return timeout(1ms, x.event->wait()).reply(); });
    start_moving(world, "latelock", [](World& x) { return timeout(1ms, x.mutex->lock()).reply(); });
    start_moving(world, "intime", [](World&) { return timeout(1s, gives(7)).value(); });
    start_moving(world, "deadline",
                 [](World& x) { return deadline(x.rt.now() + 1s, x.event->wait()).reply(); });
    start_moving(world, "event", [](World& x) { return x.event->wait(); });
    start_moving(world, "eventreply", [](World& x) { return x.event->wait().reply(); });
    start_moving(world, "mutex", [](World& x) { return x.mutex->lock().reply(); });
    start_moving(world, "semaphore", [](World& x) { return x.semaphore->acquire(2).value(); });
    start_moving(world, "pop", [](World& x) { return x.queue->pop().reply(); });
    start_moving(world, "queuenext", [](World& x) { return x.queue->next().reply(); });
    start_moving(world, "fullpush", [](World& x) { return x.full->push(2).reply(); });
    start_moving(world, "stream", [](World& x) { return x.items.stream.next().reply(); });
    start_moving(world, "generator", [](World& x) { return x.generator.next().reply(); });
    start_moving(world, "join", [](World& x) {
      x.scope->spawn(gives(0));
      return x.scope->join().reply();
    });
  });
  EXPECT_EQ(told(), "ask=1 lost=dropped") << "all others wait";
  run_virtual(w.rt, w.rt.now() + 1ms);
  EXPECT_EQ(told(),
            "sleep=nothing slept=ok late=timed out latelock=timed out asktask=2 task=3 taskreply=4 "
            "race=first1 all=1,2 "
            "shield=6 intime=7 generator=7 join=ok");
  w.pipe.ret(8);
  w.pulled(9);
  w.event->set();
  w.held_guard.unlock();
  w.held_permit.release();
  w.queue->try_push(10);
  EXPECT_EQ(w.full->try_pop(), 1);
  w.items.fwd(11);
  EXPECT_EQ(told(), "") << "never resumed inside who settles it";
  w.rt.run();
  EXPECT_EQ(told(),
            "push=8 pull=9 deadline=ok event=nothing eventreply=ok mutex=locked semaphore=2permits "
            "pop=10 fullpush=yes "
            "stream=11");
  w.queue->close();
  w.rt.run();
  EXPECT_EQ(told(), "queuenext=end");
  for (const Detached& coroutine : w.coroutines) EXPECT_TRUE(coroutine.done());
  w.generator = yields();
  run_virtual(w.rt);
  EXPECT_EQ(w.rt.live_tasks(), 0u);
  EXPECT_EQ(w.rt.live_timers(), 0u);
}

// Coroutines of libraries that move the awaiter, too, once they have it from operator co_await:
// from temporary to temporary, then into memory of their own. What it was moved from goes before it
// is awaited, while it waits, or at the end of the expression.
template <class A> class AwaiterMoved {
  using Awaiter = detail::awaiter_of<A>;  // a reference, of what is an awaiter itself

 public:
  explicit AwaiterMoved(A&& awaitable)
      : awaiter_(detail::get_awaiter(std::forward<A>(awaitable))) {}
  AwaiterMoved(AwaiterMoved&& other) : awaiter_(std::forward<Awaiter>(other.awaiter_)) {}
  bool await_ready() { return awaiter_.await_ready(); }
  auto await_suspend(std::coroutine_handle<> h) { return awaiter_.await_suspend(h); }
  decltype(auto) await_resume() { return awaiter_.await_resume(); }

 private:
  std::remove_cvref_t<Awaiter> awaiter_;
};
template <class A> class AwaiterOnHeap {
 public:
  explicit AwaiterOnHeap(AwaiterMoved<A>&& from) : first_(std::in_place, std::move(from)) {
    second_.emplace(std::move(*first_));
    third_ = std::make_unique<AwaiterMoved<A>>(std::move(*second_));
    first_.reset();
  }
  AwaiterOnHeap(const AwaiterOnHeap&) = delete;
  bool await_ready() { return third_->await_ready(); }
  void await_suspend(std::coroutine_handle<> h) {
    third_->await_suspend(h);
    second_.reset();
  }
  decltype(auto) await_resume() { return third_->await_resume(); }

 private:
  std::optional<AwaiterMoved<A>> first_, second_;
  std::unique_ptr<AwaiterMoved<A>> third_;
};
class MovingAwaiters : public Detached {
 public:
  struct promise_type : Detached::promise_type {
    MovingAwaiters get_return_object() {
      return MovingAwaiters(std::coroutine_handle<Detached::promise_type>::from_promise(*this));
    }
    template <class A> auto await_transform(A&& awaitable) {
      AwaiterMoved<A> temporary(std::forward<A>(awaitable));
      return AwaiterOnHeap<A>(std::move(temporary));
    }
  };
  using Detached::Detached;
};
// x in that mode, as its own functions give it.
template <Mode M, class X> auto in_mode(X&& x) {
  if constexpr (M == Mode::reply)
    return reply_of(std::forward<X>(x));
  else if constexpr (M == Mode::value)
    return value_of(std::forward<X>(x));
  else
    return std::forward<X>(x);
}
template <Mode M, class Make> MovingAwaiters moves_awaiter(World& w, std::string name, Make make) {
  using T = detail::awaited<decltype(in_mode<M>(make(w)))>;
  if constexpr (std::is_void_v<T>) {
    co_await in_mode<M>(make(w));
    say(name + "=ok");
  } else {
    const T got = co_await in_mode<M>(make(w));
    say(name + "=", shown(got));
  }
}
template <Mode M> struct Starts {
  template <class Make> static void start(World& w, const char* name, Make make) {
    w.coroutines.push_back(moves_awaiter<M>(w, name, std::move(make)));
  }
  static void all_of(World& world) {
    start(world, "sleep", [](World&) { return sleep(1ms); });
    start(world, "ask", [](World& x) { return ask<&Server::get>(x.server, 1); });
    start(world, "asktask", [](World& x) { return ask<&Server::slowly>(x.server, 2); });
    start(world, "push", [](World& x) { return std::move(x.pipe.value); });
    start(world, "pull", [](World& x) { return pull_pipe<int>(x.request()); });
    start(world, "task", [](World&) { return gives(3); });
    start(world, "race", [](World&) { return race(never(), gives(4)); });
    start(world, "any", [](World& x) { return any(loses(x.rt), gives(5)); });
    start(world, "shield", [](World&) { return shield(gives(6)); });
    start(world, "all", [](World&) { return all(gives(1), gives(2)); });
    start(world, "timeout", [](World&) { return timeout(1s, gives(7)); });
    start(world, "nested", [](World&) { return timeout(1s, timeout(2s, sleep(1ms))); });
    start(world, "deadline", [](World& x) { return deadline(x.rt.now() + 1s, x.event->wait()); });
    start(world, "limited", [](World& x) { return timeout(1s, x.items.stream.next()); });
    start(world, "event", [](World& x) { return x.event->wait(); });
    start(world, "mutex", [](World& x) { return x.mutex->lock(); });
    start(world, "semaphore", [](World& x) { return x.semaphore->acquire(2); });
    start(world, "pop", [](World& x) { return x.queue->pop(); });
    start(world, "queuenext", [](World& x) { return x.queue->next(); });
    start(world, "fullpush", [](World& x) { return x.full->push(2); });
    start(world, "stream", [](World& x) { return x.more.stream.next(); });
    start(world, "generator", [](World& x) { return x.generator.next(); });
    start(world, "join", [](World& x) {
      x.scope->spawn(gives(0));
      return x.scope->join();
    });
  }
  static void expect_what_they_get() {
    World w;
    walk(w, [](World& world) { all_of(world); });
    EXPECT_EQ(told(), "ask=1") << "all others wait";
    run_virtual(w.rt, w.rt.now() + 1ms);
    EXPECT_EQ(told(),
              "sleep=ok nested=ok asktask=2 task=3 race=first1 any=first1 shield=6 all=1,2 "
              "timeout=7 generator=7 "
              "join=ok");
    w.pipe.ret(8);
    w.pulled(9);
    w.event->set();
    w.held_guard.unlock();
    w.held_permit.release();
    w.queue->try_push(10);
    EXPECT_EQ(w.full->try_pop(), 1);
    w.items.fwd(11);
    w.more.fwd(12);
    EXPECT_EQ(told(), "") << "never resumed inside who settles it";
    w.rt.run();
    EXPECT_EQ(told(),
              "push=8 pull=9 deadline=ok event=ok mutex=locked semaphore=2permits pop=10 "
              "fullpush=yes limited=11 "
              "stream=12");
    w.queue->close();
    w.rt.run();
    EXPECT_EQ(told(), "queuenext=end");
    for (const Detached& coroutine : w.coroutines) EXPECT_TRUE(coroutine.done());
    w.generator = yields();
    run_virtual(w.rt);
    EXPECT_EQ(w.rt.live_tasks(), 0u);
    EXPECT_EQ(w.rt.live_timers(), 0u);
  }
};

TEST_F(InsideForeignTest, TheAwaiterMayBeMovedBeforeItIsAwaited) {
  Starts<Mode::drop>::expect_what_they_get();
}
TEST_F(InsideForeignTest, TheAwaiterOfAReplyToo) { Starts<Mode::reply>::expect_what_they_get(); }
TEST_F(InsideForeignTest, TheAwaiterOfAValueToo) { Starts<Mode::value>::expect_what_they_get(); }

TEST_F(InsideForeignTest, AMovedAwaiterThatIsDestroyedWhereItWaitsLeavesNothing) {
  World w;
  walk(w, [](World& world) { Starts<Mode::reply>::all_of(world); });
  w.coroutines.clear();
  run_virtual(w.rt);
  EXPECT_EQ(told(), "ask=1");
  EXPECT_EQ(w.rt.live_timers(), 0u);
}

// What was moved may lie anywhere, and so outlive what it is to wait for.
TEST_F(InsideForeignTest, AMovedAwaiterMayOutliveItsObject) {
  World w;
  const auto awaiter = [](auto&& x) {
    auto first = reply_of(std::move(x)).operator co_await();
    return std::make_unique<decltype(first)>(std::move(first));
  };
  auto event = awaiter(w.event->wait());
  auto lock = awaiter(w.mutex->lock());
  auto permit = awaiter(w.semaphore->acquire(2));
  auto pop = awaiter(w.queue->pop());
  auto push = awaiter(w.full->push(2));
  auto limited = awaiter(timeout(1s, w.event->wait()));
  auto join = awaiter(w.scope->join());
  w.event.reset();
  w.mutex.reset();
  w.semaphore.reset();
  w.queue.reset();
  w.full.reset();
  w.scope.reset();
  const auto check = [](const char* name, auto& moved) {
    decltype(moved) once_more = moved;
    EXPECT_TRUE(once_more->await_ready()) << name;
    say(name, shown(once_more->await_resume()));
  };
  check("event:", event);
  check("mutex:", lock);
  check("semaphore:", permit);
  check("pop:", pop);
  check("push:", push);
  check("limited:", limited);
  check("join:", join);
  EXPECT_EQ(told(),
            "event:dropped mutex:dropped semaphore:dropped pop:dropped push:dropped "
            "limited:dropped join:dropped");
}

TEST(InsideForeignDeathTest, AnAwaiterIsNotMovedWhereItWaits) {
  const auto move_one_that_waits = []<class Make>(Make) {
    World w;
    walk(w, [](World& x) {
      auto awaiter = detail::get_awaiter(Make()(x));
      (void)awaiter.await_ready();
      awaiter.await_suspend(std::noop_coroutine());
      drop(std::move(awaiter));
    });
  };
  const char* words = "an awaiter was moved after it had been awaited";
  EXPECT_DEATH(move_one_that_waits([](World&) { return sleep(1ms); }), words);
  EXPECT_DEATH(move_one_that_waits([](World&) { return reply_of(sleep(1ms)); }), words);
  EXPECT_DEATH(move_one_that_waits([](World& x) { return std::move(x.pipe.value); }), words);
  EXPECT_DEATH(move_one_that_waits([](World& x) { return ask<&Server::get>(x.server, 1); }), words);
  EXPECT_DEATH(move_one_that_waits([](World&) { return race(never(), gives(4)); }), words);
  EXPECT_DEATH(move_one_that_waits([](World& x) { return timeout(1s, x.event->wait()); }), words);
  EXPECT_DEATH(move_one_that_waits([](World& x) { return x.event->wait(); }), words);
  EXPECT_DEATH(move_one_that_waits([](World& x) { return x.items.stream.next(); }), words);
  EXPECT_DEATH(move_one_that_waits([](World& x) { return x.generator.next(); }), words);
  EXPECT_DEATH(move_one_that_waits([](World& x) {
                 x.scope->spawn(never());
                 return x.scope->join();
               }),
               words);
}

#if TROUPE_EXCEPTIONS
// The same where nothing comes.
template <class Make> Detached misses(World& w, std::string name, Make make) {
  try {
    (void)co_await make(w);
    say(name + "?");
  } catch (const ActorFailed& failed) {
    const auto text = failed.fail().error().text();
    say(name + "!", to_string(failed.fail().why()));
    if (!text.empty()) troupe_test::line().append("(").append(text).append(")");
  } catch (const std::runtime_error& error) {
    say(name + "!", error.what());
  }
}
template <class Make> void start_missing(World& w, const char* name, Make make) {
  w.coroutines.push_back(misses(w, name, std::move(make)));
}

TEST_F(InsideForeignTest, WhatTheyMissIsThrown) {
  std::optional<World> at(std::in_place);
  World& w = *at;
  walk(w, [](World& world) {
    start_missing(world, "ask", [](World& x) { return ask<&Server::forget>(x.server); });
    start_missing(world, "askvalue",
                  [](World& x) { return ask<&Server::forget>(x.server).value(); });
    start_missing(world, "push", [](World& x) -> auto& { return x.pipe.value; });
    start_missing(world, "pull", [](World& x) { return pull_pipe<int>(x.request()); });
    start_missing(world, "pullnop", [](World&) { return pull_pipe<int>(Ret<Ret<int>>(ret_nop)); });
    start_missing(world, "task", [](World& x) { return loses(x.rt); });
    start_missing(world, "race", [](World& x) { return race(never(), loses(x.rt)); });
    start_missing(world, "any", [](World& x) { return any(loses(x.rt), loses(x.rt)); });
    start_missing(world, "shield", [](World& x) { return shield(loses(x.rt)); });
    start_missing(world, "all", [](World& x) { return all(gives(1), loses(x.rt)); });
    start_missing(world, "timeout", [](World&) { return timeout(2ms, never()); });
    start_missing(world, "inside", [](World& x) { return timeout(2ms, loses(x.rt)); });
    start_missing(world, "deadline",
                  [](World& x) { return deadline(x.rt.now() + 2ms, x.event->wait()); });
    start_missing(world, "event", [](World& x) { return x.event->wait(); });
    start_missing(world, "mutex", [](World& x) { return x.mutex->lock(); });
    start_missing(world, "semaphore", [](World& x) { return x.semaphore->acquire(); });
    start_missing(world, "pop", [](World& x) { return x.queue->pop(); });
    start_missing(world, "fullpush", [](World& x) { return x.full->push(2); });
    start_missing(world, "stream", [](World& x) { return x.items.stream.next(); });
    start_missing(world, "generator", [](World& x) { return x.lost_generator.next(); });
    start_missing(world, "join", [](World& x) {
      x.scope->spawn(loses(x.rt));
      return x.scope->join();
    });
  });
  EXPECT_EQ(told(),
            "pullnop!dropped ask!dropped askvalue!dropped task!dropped race!dropped any!dropped "
            "shield!dropped "
            "all!dropped inside!dropped join!dropped");
  run_virtual(w.rt, w.rt.now() + 2ms);
  EXPECT_EQ(told(), "generator!lost timeout!timed out deadline!timed out");
  drop(std::move(w.pipe.ret));
  drop(std::move(w.pulled));
  drop(std::move(w.items.fwd));
  w.event.reset();
  w.mutex.reset();
  w.semaphore.reset();
  w.queue.reset();
  w.full.reset();
  EXPECT_EQ(told(), "") << "never thrown inside who drops it";
  w.rt.run();
  EXPECT_EQ(told(),
            "push!dropped pull!dropped stream!dropped event!dropped mutex!dropped "
            "semaphore!dropped pop!dropped "
            "fullpush!dropped");
  for (const Detached& coroutine : w.coroutines) EXPECT_TRUE(coroutine.done());
  EXPECT_EQ(w.rt.live_tasks(), 0u);
}

Task<int> throws() {
  co_await sleep(1ms);
  throw std::runtime_error("oops");
}
TEST_F(InsideForeignTest, AnExceptionIsThrownToo) {
  World w;
  walk(w, [](World& world) {
    start_missing(world, "task", [](World&) { return throws(); });
    start_missing(world, "all", [](World&) { return all(gives(1), throws()); });
    start_missing(world, "race", [](World&) { return race(never(), throws()); });
    start_missing(world, "any", [](World& x) { return any(throws(), loses(x.rt)); });
    start_missing(world, "shield", [](World&) { return shield(throws()); });
    start_missing(world, "timeout", [](World&) { return timeout(1s, throws()); });
    start_missing(world, "join", [](World& x) {
      x.scope->spawn(throws());
      return x.scope->join();
    });
  });
  EXPECT_EQ(told(), "");
  run_virtual(w.rt, w.rt.now() + 2ms);
  EXPECT_EQ(told(),
            "task!failed(oops) all!oops race!oops any!dropped shield!oops timeout!oops join!oops")
      << "a task that is awaited alone is one of its own, so its exception is a failure; any tells "
         "the first failure";
  EXPECT_EQ(w.rt.live_tasks(), 0u);
}

// ---- what is thrown there after all, in mode reply: a value, as in a task
Task<Brittle> gives_brittle(int moves) {
  co_await sleep(1ms);
  co_return Brittle(moves);
}
struct GivesBrittle {  // of another library
  explicit GivesBrittle(int n) : moves(n) {}
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) noexcept {}
  Brittle await_resume() const { return Brittle(moves); }
  int moves;
};
struct GivesBrittleHere : GivesBrittle {  // of ours, in one mode
  using GivesBrittle::GivesBrittle;
  static constexpr Mode mode = Mode::drop;
  void wait(Wake) noexcept {}
};
template <class Make> Detached replies(World& w, Make make, int moves, std::string& outcome) {
  try {
    const auto reply = co_await make(w, moves);
    outcome = reply ? "came" : reply.error().text();
  } catch (const std::exception&) {
    outcome = "thrown";
  }
}
Generator<Brittle> yields_brittle(int moves) {
  Brittle first(moves), second(std::move(first));
  co_yield std::move(second);
}
Detached reads_replies(int moves, std::string& outcome) {
  auto generator = yields_brittle(moves);
  try {
    const auto item = co_await generator.next().reply();
    outcome = *item ? "came" : item->error().text();
  } catch (const std::exception&) {
    outcome = "thrown";
  }
}
// The failure, up to some number of moves; from there on the value.
template <class Make> void expect_a_reply(const char* what, Make make) {
  int moves = 0;
  for (std::string outcome; outcome != "came" && moves < 20; ++moves) {
    World w;
    defer(
        w.rt,
        [](World* world, Make m, int n, std::string* to) {
          world->coroutines.push_back(replies(*world, m, n, *to));
        },
        unsafe_borrow(&w), make, moves, unsafe_borrow(&outcome));
    run_virtual(w.rt, w.rt.now() + 2ms);
    EXPECT_TRUE(outcome == "came" || outcome == "failed: broke") << what << moves << outcome;
  }
  EXPECT_TRUE(moves > 1 && moves < 20) << what << moves;
}
TEST_F(InsideForeignTest, InModeReplyAnExceptionIsAValue) {
  expect_a_reply("task", [](World&, int moves) { return gives_brittle(moves).reply(); });
  expect_a_reply("push", [](World& w, int moves) {
    auto pipe = push_pipe<Brittle>(w.rt);
    pipe.ret(Brittle(moves));
    return std::move(pipe.value).reply();
  });
  expect_a_reply(
      "ask", [](World& w, int moves) { return ask<&Server::break_it>(w.server, moves).reply(); });
  expect_a_reply("all",
                 [](World&, int moves) { return all(gives_brittle(moves), sleep(1ms)).reply(); });
  expect_a_reply("race",
                 [](World&, int moves) { return race(gives_brittle(moves), never()).reply(); });
  expect_a_reply("shield", [](World&, int moves) { return shield(gives_brittle(moves)).reply(); });
  expect_a_reply("timeout",
                 [](World&, int moves) { return timeout(1s, gives_brittle(moves)).reply(); });
  expect_a_reply("foreign",
                 [](World&, int moves) { return timeout(1s, GivesBrittle(moves)).reply(); });
  expect_a_reply("limited",
                 [](World&, int moves) { return timeout(1s, GivesBrittleHere(moves)).reply(); });
  expect_a_reply("one mode", [](World&, int moves) { return reply_of(GivesBrittleHere(moves)); });
  for (int moves = 0; moves < 10; ++moves) {
    World w;
    std::string outcome;
    defer(
        w.rt,
        [](World* world, int n, std::string* to) {
          world->coroutines.push_back(reads_replies(n, *to));
        },
        unsafe_borrow(&w), moves, unsafe_borrow(&outcome));
    w.rt.run();
    EXPECT_TRUE(outcome == "came" ? moves > 0 : moves < 9 && outcome == "failed: broke")
        << moves << outcome;
  }
}
#endif

// What waits in all the ways that there are.
void start_all(World& w) {
  walk(w, [](World& world) {
    start(world, "sleep", [](World&) { return sleep(1ms); });
    start(world, "asktask", [](World& x) { return ask<&Server::slowly>(x.server, 2); });
    start(world, "push", [](World& x) -> auto& { return x.pipe.value; });
    start(world, "pull", [](World& x) { return pull_pipe<int>(x.request()); });
    start(world, "task", [](World&) { return gives(3); });
    start(world, "race", [](World&) { return race(never(), gives(4)); });
    start(world, "any", [](World&) { return any(never(), gives(5)); });
    start(world, "shield", [](World&) { return shield(gives(6)); });
    start(world, "all", [](World&) { return all(gives(1), gives(2)); });
    start(world, "timeout", [](World&) { return timeout(1s, gives(7)); });
    start(world, "deadline", [](World& x) { return deadline(x.rt.now() + 1s, x.event->wait()); });
    start(world, "event", [](World& x) { return x.event->wait(); });
    start(world, "mutex", [](World& x) { return x.mutex->lock(); });
    start(world, "semaphore", [](World& x) { return x.semaphore->acquire(2); });
    start(world, "pop", [](World& x) { return x.queue->pop(); });
    start(world, "fullpush", [](World& x) { return x.full->push(2); });
    start(world, "stream", [](World& x) { return x.items.stream.next(); });
    start(world, "generator", [](World& x) { return x.generator.next(); });
    start(world, "join", [](World& x) {
      x.scope->spawn(gives(0));
      return x.scope->join();
    });
  });
  EXPECT_EQ(told(), "");
}

// Each waits, and its coroutine is destroyed: nothing resumes it, and what it began ends with it.
TEST_F(InsideForeignTest, DestroyedWhereTheyWait) {
  World w;
  start_all(w);
  w.pipe.ret(1);
  w.event->set();
  w.coroutines.clear();
  EXPECT_FALSE(w.pulled.is_wanted());
  drop(std::move(w.pulled));
  w.held_guard.unlock();
  EXPECT_FALSE(w.mutex->is_locked());
  EXPECT_EQ(w.rt.live_tasks(), 3u) << "the handler, what was shielded, and the child of the scope";
  run_virtual(w.rt);
  EXPECT_EQ(told(), "");
  EXPECT_EQ(w.rt.live_tasks(), 0u);
  EXPECT_EQ(w.rt.live_timers(), 0u);
}

// The runtime goes first: nothing resumes them any more, and they may be destroyed when they like.
TEST_F(InsideForeignTest, TheyOutliveTheRuntime) {
  std::vector<Detached> survivors;
  {
    World w;
    start_all(w);
    survivors = std::move(w.coroutines);
  }
  for (const Detached& coroutine : survivors) EXPECT_FALSE(coroutine.done());
  EXPECT_EQ(told(), "");
  survivors.clear();
  EXPECT_EQ(told(), "");
}

TEST_F(InsideForeignTest, AndSoDoTheObjectsAtWhichTheyWait) {
  std::vector<Detached> survivors;
  Event event;
  Mutex mutex;
  Semaphore semaphore(1);
  Queue<int> queue(1);
  MutexGuard guard = mutex.try_lock();
  Permit permit = semaphore.try_acquire();
  {
    World w;
    struct Objects {
      Event& event;
      Mutex& mutex;
      Semaphore& semaphore;
      Queue<int>& queue;
    } objects{event, mutex, semaphore, queue};
    defer(
        w.rt,
        [](World* world, Objects* o) {
          start(*world, "event", [o](World&) { return o->event.wait(); });
          start(*world, "mutex", [o](World&) { return o->mutex.lock(); });
          start(*world, "semaphore", [o](World&) { return o->semaphore.acquire(); });
          start(*world, "pop", [o](World&) { return o->queue.pop(); });
          start(*world, "deadline",
                [o](World& x) { return deadline(x.rt.now() + 1s, o->event.wait()); });
        },
        unsafe_borrow(&w), unsafe_borrow(&objects));
    w.rt.run();
    survivors = std::move(w.coroutines);
  }
  event.set();
  guard.unlock();
  permit.release();
  queue.try_push(1);
  EXPECT_EQ(told(), "") << "there is nobody who could resume them";
  survivors.clear();
  EXPECT_FALSE(mutex.is_locked());
  EXPECT_EQ(semaphore.available(), 1u);
  EXPECT_EQ(queue.size(), 1u);
}

// A task of ours that holds a coroutine of a foreign type, and is cancelled by that coroutine.
struct Held {
  Held() { troupe_test::aliens_are_eager = true; }
  ~Held() { troupe_test::aliens_are_eager = false; }
  Event event;
  TaskRef holder;
};
Held* held = nullptr;
troupe_test::Alien<int> cancels_its_holder() {
  co_await held->event.wait();
  held->holder.cancel();
  say("goes on");
  co_return 1;
}
Task<int> holds_an_alien() {
  const troupe_test::SaysBye local("~local");
  const troupe_test::Alien<int> other = cancels_its_holder();
  co_await sleep(1h);
  co_return 1;
}

TEST_F(InsideForeignTest, WhatItCancelsGoesAtTheEndOfItsTurn) {
  Runtime rt;
  Held here;
  held = &here;
  here.holder = spawn(rt, holds_an_alien, troupe_test::tell_int("end"));
  rt.run();
  here.event.set();
  rt.run();
  EXPECT_EQ(told(), "goes on ~local end!cancelled");
  held = nullptr;
}

}  // namespace inside_foreign_test
}  // namespace troupe
