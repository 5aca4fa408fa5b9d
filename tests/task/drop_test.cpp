// task/drop_test.cpp: ends that end who is ending them: each once was, or could be, a use after a
// free.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace drop_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

Ret<> tell_end() {
  return ret_do([](const Reply<>& end) { say(end ? "done" : to_string(end.error().why())); });
}

TaskRef outer;
Scope* scope_at = nullptr;
StopToken token_of_child;
std::coroutine_handle<> held;

struct DropTest : troupe_test::RecordedTest {
  void TearDown() override {
    outer = {};
    token_of_child = {};
  }
};

struct CancelsOuter {
  ~CancelsOuter() { outer.cancel(); }
};

Task<> cancels_itself_when_stopped(Value<int> value) {
  const StopToken token = co_await stop_token();
  const TaskRef self = co_await this_task();
  const StopCallback cancels(token, [](TaskRef me) { me.cancel(); }, self);
  co_await value;
}

TEST_F(DropTest, AStopCallbackCancelsItsTaskWhenAReplyIsLost) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(rt, cancels_itself_when_stopped(std::move(value)), tell_end());
  rt.run();
  { const Ret<int> dies_here = std::move(ret); }
  rt.run();
  EXPECT_EQ(told(), "dropped");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(DropTest, AStopCallbackCancelsItsTaskWhenAsked) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  const TaskRef ref = spawn(rt, cancels_itself_when_stopped(std::move(value)), tell_end());
  rt.run();
  ref.request_stop();
  EXPECT_EQ(told(), "cancelled");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

struct OwnsAScope {
  explicit OwnsAScope(Cx<OwnsAScope>& cx) : scope(cx) {
    scope_at = &scope;
    scope.spawn([]() -> Task<> {
      token_of_child = co_await stop_token();
      co_await sleep(1s);
    });
  }
  Scope scope;
};

TEST_F(DropTest, AStopCallbackCancelsTheScopeOfItsTask) {
  Runtime rt;
  auto own = make_actor<OwnsAScope>(rt, ret_nop);
  rt.run();
  const StopCallback cancels(token_of_child, [] {
    say("stop");
    scope_at->cancel();
  });
  own = {};
  rt.run();
  EXPECT_EQ(told(), "stop");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

Task<> child_that_cancels_outer() {
  const CancelsOuter local;
  co_await sleep(1s);
}
Task<> holds_a_scope(Core& core, std::size_t most) {
  Scope scope(core, most);
  scope_at = &scope;
  scope.spawn(child_that_cancels_outer());
  co_await scope.join();
}

TEST_F(DropTest, ACancelledScopeIsDestroyedByItsChild) {
  Runtime rt;
  outer = spawn(rt, holds_a_scope, tell_end(), std::size_t{8});
  rt.run();
  scope_at->cancel();
  rt.run();
  EXPECT_EQ(told(), "cancelled");
}

TEST_F(DropTest, AScopeThatTakesNoMoreIsDestroyedByItsChild) {
  Runtime rt;
  outer = spawn(rt, holds_a_scope, tell_end(), std::size_t{1});
  rt.run();
  scope_at->spawn([]() -> Task<> { co_await sleep(1s); });
  rt.run();
  EXPECT_EQ(told(), "cancelled");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

struct CancelsWhenAsked {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) { held = h; }
  void await_resume() {}
  bool await_cancel(std::coroutine_handle<>) {
    say("asked");
    outer.cancel();
    return true;
  }
};

TEST_F(DropTest, AForeignAwaiterThatIsAskedCancelsAgain) {
  Runtime rt;
  outer = spawn(rt, []() -> Task<> { co_await CancelsWhenAsked(); }, tell_end());
  rt.run();
  outer.cancel();
  EXPECT_EQ(told(), "asked cancelled");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

struct LooksLikeOurs {  // another library's, with members that ours have too
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) { held = h; }
  void await_resume() {}
  bool armed() const { return *flag; }
  int what = 0, whom = 0;
  const bool* flag = &yes;
  static constexpr bool yes = true;
};

TEST_F(DropTest, ADestroyedHandleRequestsAStopToo) {
  Runtime rt;
  spawn(
      rt,
      []() -> Task<> {
        token_of_child = co_await stop_token();
        co_await LooksLikeOurs();
      },
      tell_end());
  rt.run();
  EXPECT_EQ(rt.why_alive().tasks.size(), 1u);
  const StopCallback tells(token_of_child, [] { say("stop"); });
  held.destroy();
  EXPECT_EQ(told(), "stop lost");
}

Generator<int> with_a_word() {
  auto word = co_await on_drop([] { say("word"); });
  co_yield 1;
  co_yield 2;
}

TEST_F(DropTest, AGeneratorsWordOutlivesItsFirstReader) {
  Runtime rt;
  auto made = push_pipe<Generator<int>>(rt);
  spawn(
      rt,
      [](Ret<Generator<int>> pass_on) -> Task<> {
        Generator<int> numbers = with_a_word();
        co_await numbers.next();
        pass_on(std::move(numbers));
      },
      ret_nop, std::move(made.ret));
  rt.run();
  spawn(
      rt,
      [](Value<Generator<int>> from) -> Task<> {
        Generator<int> numbers = co_await from;
        const std::optional<int> second = co_await numbers.next();
        say("read", *second);
      },
      tell_end(), std::move(made.value));
  rt.run();
  EXPECT_EQ(told(), "read2 word done") << "the generator is dropped, though its reader is not";
}

#if TROUPE_EXCEPTIONS
struct ThrowingStart {
  void operator()(Core&, Ret<int>) { throw 1; }
};

TEST_F(DropTest, AnAwaitThatThrewIsForgotten) {
  Runtime rt;
  spawn(
      rt,
      []() -> Task<> {
        try {
          co_await pull<int>(ThrowingStart());
        } catch (int) {
          say("caught");
        }
        co_await sleep(1s);
        say("went on");
      },
      tell_end());
  run_virtual(rt);
  EXPECT_EQ(told(), "caught went on done");
}
#endif

constexpr int many_frames = 100'000;  // one inside the other would overflow the stack
constexpr int many_at_rest = 1'000'000;

struct Counts {
  explicit Counts(int d) : depth(d) {}
  Counts(const Counts&) = delete;
  ~Counts() {
    if (ordered) {
      EXPECT_EQ(depth, dead) << "inner locals die before outer ones";
    }
    ++dead;
  }
  int depth;
  static inline int dead = 0;
  static inline bool ordered = true;  // those at rest go later where they are nested deep
};
Task<> nested_tasks(int depth) {
  const Counts local(depth);
  if (depth == 0)
    co_await sleep(1s);
  else
    co_await nested_tasks(depth - 1);
}
Step<> nested_steps(int depth) {
  const Counts local(depth);
  if (depth == 0)
    co_await sleep(1s);
  else
    co_await nested_steps(depth - 1);
}
Generator<int> nested_generators(int depth) {
  const Counts local(depth);
  if (depth == 0) {
    co_await sleep(1s);
    co_return;
  }
  Generator<int> inner = nested_generators(depth - 1);
  const auto item = co_await inner.next();
  if (item) co_yield int(*item);
}

TEST_F(DropTest, ManyNestedTasks) {
  Runtime rt;
  const TaskRef ref = spawn(rt, nested_tasks(many_frames), tell_end());
  rt.run();
  Counts::dead = 0;
  ref.cancel();
  EXPECT_EQ(Counts::dead, many_frames + 1);
  EXPECT_EQ(told(), "cancelled");
}

TEST_F(DropTest, ManyNestedSteps) {
  Runtime rt;
  const TaskRef ref = spawn(rt, []() -> Task<> { co_await nested_steps(many_frames); }, tell_end());
  rt.run();
  Counts::dead = 0;
  ref.cancel();
  EXPECT_EQ(Counts::dead, many_frames + 1);
  EXPECT_EQ(told(), "cancelled");
}

TEST_F(DropTest, ManyNestedGenerators) {
  Runtime rt;
  const TaskRef ref = spawn(
      rt,
      []() -> Task<> {
        Generator<int> items = nested_generators(many_frames);
        co_await items.next();
      },
      tell_end());
  rt.run();
  Counts::dead = 0;
  ref.cancel();
  EXPECT_EQ(Counts::dead, many_frames + 1);
  EXPECT_EQ(told(), "cancelled");
}

// ---- the same for requests to stop, and for what stands still
Task<> asked_leaf() {
  const StopToken token = co_await stop_token();
  const StopCallback tells(token, [] { say("asked"); });
  co_await sleep(1h);
}
Task<> in_groups(int depth) {
  if (depth == 0)
    co_await asked_leaf();
  else
    co_await all(in_groups(depth - 1));
}
Task<> in_replies(int depth) {
  if (depth == 0)
    co_await asked_leaf();
  else
    (void)co_await reply_of(in_replies(depth - 1));
}
Task<> in_limits(int depth) {
  if (depth == 0)
    co_await asked_leaf();
  else
    (void)co_await timeout(2h, in_limits(depth - 1)).reply();
}
Task<> in_scopes(int depth) {
  Scope scope(*Core::current());
  if (depth == 0)
    scope.spawn(asked_leaf());
  else
    scope.spawn(in_scopes(depth - 1));
  co_await scope.join();
}

TEST_F(DropTest, ARequestToStopOfManyNestedTasks) {
  for (const auto nested : {&in_groups, &in_replies, &in_limits, &in_scopes}) {
    Runtime rt;
    const TaskRef ref = spawn(rt, nested(many_frames), tell_end());
    rt.run();
    ref.request_stop();
    EXPECT_EQ(told(), "asked");
    ref.request_stop();
    EXPECT_EQ(told(), "");
    ref.cancel();
    EXPECT_EQ(told(), "cancelled");
    EXPECT_EQ(rt.live_tasks(), 0u);
  }
}

TEST_F(DropTest, ARequestToStopThatWasPutOffAndIsNotNeededAnyMore) {
  Runtime rt;
  std::vector<TaskRef> chain;
  static std::vector<TaskRef>* all;
  all = &chain;
  constexpr int tasks = 1000;
  for (int i = 0; i < tasks; ++i)
    chain.push_back(spawn(
        rt,
        [](int n) -> Task<> {
          const StopToken token = co_await stop_token();
          const StopCallback next(
              token,
              [](int at) {
                if (at + 1 == tasks) return;
                (*all)[static_cast<std::size_t>(at) + 1].request_stop();
                if (at % 100 == 7) (*all)[static_cast<std::size_t>(at) + 1].cancel();
              },
              n);
          co_await sleep(1h);
        },
        ret_nop, i));
  rt.run();
  chain.front().request_stop();
  EXPECT_EQ(rt.live_tasks(), static_cast<std::size_t>(tasks - tasks / 100));
}

TEST_F(DropTest, ManySourcesThatAskOneAnother) {
  struct Chained {
    StopSource source;
    std::optional<StopCallback<void (*)(Chained*), Borrowed<Chained*>>> next;
  };
  std::vector<std::unique_ptr<Chained>> chain;
  for (int i = 0; i < many_frames; ++i) {
    chain.push_back(std::make_unique<Chained>());
    if (i > 0)
      chain[static_cast<std::size_t>(i) - 1]->next.emplace(
          chain[static_cast<std::size_t>(i) - 1]->source.token(),
          [](Chained* to) { to->source.request_stop(); }, unsafe_borrow(chain.back().get()));
  }
  chain.front()->source.request_stop();
  EXPECT_TRUE(chain.back()->source.stop_requested());
}

Generator<int> at_rest(int depth) {
  const Counts local(depth);
  std::optional<Generator<int>> inner;
  if (depth > 0) {
    inner = at_rest(depth - 1);
    co_await inner->next();
  }
  co_yield 1;
}
TEST_F(DropTest, ManyGeneratorsAtRest) {
  Runtime rt;
  const TaskRef ref = spawn(
      rt,
      []() -> Task<> {
        auto g = at_rest(many_at_rest);
        co_await g.next();
        co_await sleep(1h);
      },
      tell_end());
  rt.run();
  Counts::dead = 0;
  Counts::ordered = false;
  ref.cancel();
  Counts::ordered = true;
  EXPECT_EQ(Counts::dead, many_at_rest + 1);
  EXPECT_EQ(told(), "cancelled");
}

Task<> around(std::optional<Task<>> inner) {
  if (inner) co_await std::move(*inner);
}
Generator<int> around_streams(std::optional<Generator<int>> inner) {
  while (inner) {
    const auto item = co_await inner->next();
    if (!item) break;
    co_yield int(*item);
  }
}
TEST_F(DropTest, ManyTasksThatNeverBegan) {
  std::optional<Task<>> outermost;
  for (int i = 0; i < many_at_rest; ++i) {
    Task<> next = around(std::move(outermost));
    outermost.emplace(std::move(next));
  }
  outermost.reset();
  std::optional<Generator<int>> streams;
  for (int i = 0; i < many_at_rest; ++i) {
    auto next = around_streams(std::move(streams));
    streams.emplace(std::move(next));
  }
  Runtime rt;
  spawn(  // read to its end: each has finished, and holds the next
      rt,
      [](Generator<int> all) -> Task<> {
        const auto item = co_await all.next();
        EXPECT_FALSE(item.has_value());
      },
      tell_end(), std::move(*streams));
  rt.run();
  EXPECT_EQ(told(), "done");
}

}  // namespace drop_test
}  // namespace troupe
