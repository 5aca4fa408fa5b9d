// task/cancel_sweep_test.cpp: a scenario with everything that can be awaited, ended at each of its
// steps in turn.
//
// Each run of it ends one task, an actor, or the runtime after n records of the queue, for all n.
// Whatever happens, every Ret is answered once, every local dies, no task and no Ret is left, and
// the sanitizers have nothing to say.
#include <gtest/gtest.h>

#include <deque>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

namespace troupe {
namespace cancel_sweep_test {

using namespace std::chrono_literals;

struct Counts {  // of one run
  int locals = 0, answers = 0, values = 0, asked = 0, misuses = 0;
};
Counts counts;
std::vector<TaskRef> refs;

struct Local {  // lives in a frame
  Local() { ++counts.locals; }
  Local(const Local&) = delete;
  ~Local() { --counts.locals; }
};
struct CancelsAll {  // in a frame: its destructor cancels others, and itself
  ~CancelsAll() {
    for (const TaskRef& ref : refs) ref.cancel();
  }
};

// ---- four kinds of foreign awaitables, and the library that holds their waiters
struct Op {
  std::coroutine_handle<> waiter;
  bool destroys;
};
std::deque<Op*> pending;
struct ForeignBase {
  ForeignBase() = default;
  ForeignBase(const ForeignBase&) = delete;
  ~ForeignBase() {  // a library that keeps a pointer to this would now be wrong
    for (const Op* p : pending) counts.misuses += p == &op;
  }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    op.waiter = h;
    pending.push_back(&op);
  }
  int await_resume() noexcept { return 1; }
  Op op{nullptr, false};
};
struct SafeToDestroy : ForeignBase {  // forgets its waiter when it dies
  ~SafeToDestroy() { std::erase(pending, &op); }
};
struct Cancels : ForeignBase {  // corral's protocol
  bool await_cancel(std::coroutine_handle<>) noexcept { return std::erase(pending, &op) != 0; }
};
struct Resumes : ForeignBase {};
struct Destroys : ForeignBase {
  Destroys() { op.destroys = true; }
};
bool fire_one() {
  if (pending.empty()) return false;
  const Op op = *pending.front();
  pending.pop_front();
  op.destroys ? op.waiter.destroy() : op.waiter.resume();
  return true;
}

}  // namespace cancel_sweep_test
template <>
inline constexpr bool enable_destroy_while_suspended<cancel_sweep_test::SafeToDestroy> = true;
namespace cancel_sweep_test {

// ---- the scenario
Ret<int> counted() {
  ++counts.asked;
  return ret_do([](const Reply<int>& reply) {
    ++counts.answers;
    counts.values += reply.has_value();
  });
}

struct Server {
  void now(Ret<int> ret) { ret(1); }
  void later(Cx<Server>& cx, Ret<int> ret) { after<&Server::now>(cx, 1ms, std::move(ret)); }
  Task<int> slowly(Cx<Server>& cx) {
    const Local local;
    co_await sleep(1ms);
    co_return co_await ask<&Server::plain>(cx.this_actor());
  }
  int plain() { return 3; }
  void lend(Cx<Server>& cx, Ret<Task<int>> ret) { ret(slowly(cx)); }
  Task<> background(Cx<Server>&) {
    const Local local;
    for (int i = 0; i < 3; ++i) co_await sleep(1ms);
  }
};

Step<int> step(Core& core, int& out) {
  const Local local;
  auto [value, ret] = push_pipe<int>(core);
  after(core, 1ms, [](Ret<int> r) { r(4); }, std::move(ret));
  out = co_await value;
  co_return out;
}
Task<int> child() {
  const Local local;
  co_await sleep(1ms);
  co_return 5;
}
Task<int> asks(Core& core, Actor<Server> server) {
  const Local local;
  int sum = co_await ask<&Server::now>(server);
  sum += co_await ask<&Server::later>(server);
  sum += co_await ask<&Server::slowly>(server);
  int out = 0;
  sum += co_await step(core, out);
  sum += co_await child();
  const Reply<int> reply = co_await reply_of(ask<&Server::later>(server));
  co_return sum + reply.value_or(0);
}
template <class A> Task<int> foreign() {
  const Local local;
  const StopToken token = co_await stop_token();
  const int a = co_await A();
  const auto b = co_await reply_of(A());
  co_return a + (b ? *b : 0);
}
Generator<int> numbers(int n) {
  const Local local;
  for (int i = 0; i < n; ++i) {
    co_await sleep(1ms);
    co_yield i;
  }
}
Task<int> streams(Core& core) {
  const Local local;
  auto [stream, fwd] = stream_pipe<int>(core, fwd_nop, 4);
  const TaskRef feeds =
      spawn_stream(core, map(numbers(3), [](int n) { return n + 1; }), std::move(fwd));
  int sum = 0;
  while (const std::optional<int> n = co_await stream.next()) sum += *n;
  co_return sum + (feeds.done() ? 1 : 0);
}
Task<int> combines(Actor<Server> server) {
  const Local local;
  const auto [a, b] = co_await all(child(), ask<&Server::later>(server));
  auto raced = co_await race(child(), foreign<Resumes>());
  const auto timed = co_await timeout(500us, ask<&Server::later>(server)).reply();
  co_await shield(child());
  co_return a + b + static_cast<int>(raced.index()) + (timed ? 1 : 0);
}
Task<int> loses(Core& core) {
  const Local local;
  auto [value, ret] = push_pipe<int>(core);
  after(core, 1ms, [](Ret<int> dies_here) { (void)dies_here; }, std::move(ret));
  co_return co_await value;
}
Task<> visits(int) {
  const Local local;
  co_await sleep(1ms);
}
Task<int> operates(Core& core) {
  const Local local;
  auto [stream, fwd] = stream_pipe<int>(core, fwd_nop, 4);
  const TaskRef feeds = spawn_stream(core, numbers(3), std::move(fwd));
  auto odd = filter(merge(std::move(stream), numbers(4)), [](const int& n) { return n % 2 == 1; });
  const std::vector<int> some = co_await collect(take(std::move(odd), 3));  // 1, 1, 3
  co_await for_each(take(numbers(9), 2), visits);
  co_return static_cast<int>(some.size()) + (feeds.done() ? 1 : 0);
}
Task<int> waits_for_the_first(Core& core, Actor<Server> server) {
  const Local local;
  auto first = co_await any(loses(core), foreign<Resumes>(), child());
  const auto in_time = co_await deadline(core.now() + 50ms, ask<&Server::later>(server)).reply();
  const auto too_late = co_await deadline(core.now() + 500us, foreign<Cancels>()).reply();
  const int pulled = co_await pull_pipe<int>(ret_some_to<&Server::later>(server));
  co_return static_cast<int>(first.index()) + in_time.value_or(0) + too_late.value_or(0) + pulled;
}
Task<int> received(Task<int> task) { return task; }  // for Clang's -Wconsumed
Task<int> borrows(Actor<Server> server) {            // tasks of another owner
  const Local local;
  Task<int> lent = received(co_await ask<&Server::lend>(server));
  const int a = co_await std::move(lent);
  Task<int> other = received(co_await ask<&Server::lend>(server));
  const Reply<int> b = co_await std::move(other).reply();
  co_return a + b.value_or(0);
}
struct Closes {
  explicit Closes(Queue<int>& q) : queue(q) {}
  ~Closes() { queue.close(); }
  Queue<int>& queue;
};
struct Synced {  // an actor whose tasks share its objects
  Mutex mutex;
  Event event;
  Semaphore semaphore{1};
  Queue<int> queue{1};
  Task<> producer(Cx<Synced>&) {
    const Local local;
    for (int i = 0; i < 3; ++i) {
      auto guard = co_await mutex.lock();
      co_await sleep(1ms);
      guard.unlock();
      const auto in_time = co_await timeout(50ms, queue.push(i)).reply();  // perhaps nobody reads
      if (!in_time) break;
    }
    queue.close();
    event.set();
  }
  Task<int> consumer(Cx<Synced>& cx) {
    const Local local;
    const Closes closes(queue);
    auto permit = co_await semaphore.acquire();
    int sum = 0;
    while (const std::optional<int> i = co_await queue.pop()) {
      const auto guard = co_await mutex.lock();
      sum += *i;
    }
    co_await event.wait();
    Scope scope(cx);
    scope.spawn(child());
    scope.spawn(foreign<Cancels>());
    co_await scope.join();
    co_return sum;
  }
};
Task<int> leaves_a_word(Actor<Server> server) {
  const Local local;
  auto word = co_await on_drop(
      [](Actor<Server> to, Ret<int> ret) { call<&Server::now>(to, std::move(ret)); }, server,
      counted());
  co_await sleep(2ms);
  word.dismiss();
  co_return 0;
}
Task<int> cancels_others() {
  const Local local;
  const CancelsAll last;
  co_await sleep(3ms);
  co_return 0;
}
Task<int> cancels_itself() {
  const Local local;
  const TaskRef self = co_await this_task();
  co_await sleep(2ms);
  self.cancel();
  co_await sleep(2ms);
  co_return 0;
}

// The order in which a World begins its tasks.
constexpr std::size_t tasks = 13, asking = 0, streaming = 5, cancelling = 12;
enum class End : std::uint8_t { nothing, task, server, synced, runtime };
struct Run {
  End end;
  std::size_t which;  // task
  int at;             // after so many records
  bool destructors;   // with a task whose end cancels all others
};

struct World {
  Runtime rt;
  ActorOwn<Server> server = make_actor<Server>(rt, ret_nop);
  ActorOwn<Synced> synced = make_actor<Synced>(rt, ret_nop);
  explicit World(const Run& run) {
    const Actor<Server> s = server.actor();
    refs.push_back(spawn(rt, asks, counted(), s));
    refs.push_back(spawn(rt, foreign<SafeToDestroy>, counted()));
    refs.push_back(spawn(rt, foreign<Cancels>, counted()));
    refs.push_back(spawn(rt, foreign<Resumes>, counted()));
    refs.push_back(spawn(rt, foreign<Destroys>, counted()));
    refs.push_back(spawn(rt, streams, counted()));
    refs.push_back(spawn(rt, combines, counted(), s));
    refs.push_back(spawn(rt, leaves_a_word, counted(), s));
    refs.push_back(spawn(rt, cancels_itself, counted()));
    refs.push_back(spawn(rt, operates, counted()));
    refs.push_back(spawn(rt, waits_for_the_first, counted(), s));
    refs.push_back(spawn(rt, borrows, counted(), s));
    if (run.destructors) refs.push_back(spawn(rt, cancels_others, counted()));
    refs.push_back(spawn(rt, ask<&Synced::consumer>(synced.actor()), counted()));
    call<&Synced::producer>(synced);
    call<&Server::background>(server);
  }
  bool one() {  // one step of the world
    if (rt.run_one()) return true;
    if (fire_one()) return true;
    const auto wait = rt.next_wait(rt.now());
    if (!wait) return false;
    rt.run(rt.now() + *wait, RunLimit{.items = 0});
    return true;
  }
};

// Returns whether it ended before it was to be ended.
bool play(const Run& run) {
  counts = {};
  refs.clear();
  const std::uint64_t rets = Ledger::here().live();
  bool over = false;
  {
    std::optional<World> world(std::in_place, run);
    for (int i = 0; i < run.at && !over; ++i) over = !world->one();
    switch (run.end) {
      case End::nothing:
        break;
      case End::task:
        refs.at(run.which).cancel();
        break;
      case End::server:
        world->server.kill("enough");
        break;
      case End::synced:
        world->synced = {};
        break;
      case End::runtime:
        world->rt.set_end_wait(0s);
        while (fire_one()) {
        }  // what foreign code holds at the end is leaked; park_test.cpp has that
        world.reset();
        break;
    }
    int left = 100'000;
    while (world && world->one() && --left > 0) {}
    EXPECT_GT(left, 0) << "it goes on for ever";
    if (world) {
      EXPECT_EQ(world->rt.live_tasks(), 0u);
    }
  }
  while (fire_one()) {}
  EXPECT_EQ(counts.locals, 0);
  EXPECT_EQ(counts.answers, counts.asked);
  EXPECT_EQ(counts.misuses, 0);
  EXPECT_EQ(Ledger::here().live(), rets);
  refs.clear();
  return over;
}

void sweep(End end, std::size_t which, bool destructors) {
  for (int at = 0;; ++at) {
    SCOPED_TRACE(testing::Message()
                 << "end " << static_cast<int>(end) << " of task " << which << " after " << at);
    if (play({end, which, at, destructors}) || testing::Test::HasFailure()) return;
  }
}

TEST(CancelSweepTest, Undisturbed) {
  play({End::nothing, 0, 0, false});
  EXPECT_EQ(counts.values, counts.asked - 3)
      << "one cancels itself, one is destroyed, one word is not needed";
}
TEST(CancelSweepTest, EachTaskAtEachStep) {
  for (std::size_t which = 0; which < tasks; ++which) sweep(End::task, which, false);
}
TEST(CancelSweepTest, FromADyingFrame) {
  for (const std::size_t which : {asking, streaming, cancelling - 1, cancelling, cancelling + 1})
    sweep(End::task, which, true);
}
TEST(CancelSweepTest, AnActorAtEachStep) {
  sweep(End::server, 0, false);
  sweep(End::synced, 0, false);
}
TEST(CancelSweepTest, TheRuntimeAtEachStep) {
  sweep(End::runtime, 0, false);
  sweep(End::runtime, 0, true);
}

}  // namespace cancel_sweep_test
}  // namespace troupe
