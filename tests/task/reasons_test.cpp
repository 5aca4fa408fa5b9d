// task/reasons_test.cpp: the table of core/actor_fail.hpp: what a Ret hears that is not answered,
// by who held it and how that went. One test a row, one line a cell.
#include <gtest/gtest.h>

#include <array>
#include <coroutine>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace reasons_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

// Says `tag:why`, `of` where an actor is named, and the text where there is one.
Ret<int> tell(std::string tag) {
  return ret_do(
      [](const std::string& who, const Reply<int>& r) {
        say(who, ":");
        auto& line = troupe_test::line();
        if (r) return void(line.append(std::to_string(*r)));
        line.append(to_string(r.error().why()));
        if (r.error().actor() != 0) line.append("+");
        if (r.error().error()) line.append("(").append(r.error().error().text()).append(")");
      },
      std::move(tag));
}

enum class How : std::uint8_t { returns, stops, fails, throws, stops_and_throws, fails_and_throws };
void act(CxBase& cx, How how) {
  if (how == How::stops || how == How::stops_and_throws) cx.stop();
  if (how == How::fails || how == How::fails_and_throws) cx.fail("f");
#if TROUPE_EXCEPTIONS
  if (how >= How::throws && how <= How::fails_and_throws) throw std::runtime_error("t");
#endif
}

struct A {
  Ret<int> state{ret_nop};
  TaskRef task;
  void keep(Ret<int> ret) { state = std::move(ret); }
  void plain(Cx<A>& cx, How how, Ret<int> param) {
    const Ret<int> local = tell("local");
    const Ret<int> dies_here = std::move(param);
    act(cx, how);
  }
  void unread(Cx<A>& cx, How how, Ret<int>) { act(cx, how); }
  Task<int> coroutine(Cx<A>& cx, Ret<int> param, How how) {
    const Ret<int> local = tell("local");
    act(cx, how);
    co_await sleep(1h);
    co_return param ? 1 : 0;
  }
  Task<> own(Cx<A>&, Ret<int> frame) {
    task = co_await this_task();
    co_await sleep(1h);
    frame(1);
  }
  void act_now(Cx<A>& cx, How how) { act(cx, how); }
  void cancel() { task.cancel(); }
};

struct ReasonsTest : troupe_test::OneRuntimeTest {
  ActorOwn<A> a = make_actor<A>(rt, tell_end("end"));
  void SetUp() override {
    OneRuntimeTest::SetUp();
    rt.run();
  }
  void TearDown() override {
    a = {};
    rt.run();
    told();
    OneRuntimeTest::TearDown();
  }
  template <auto M> std::string call_with(How how) {
    a = make_actor<A>(rt, tell_end("end"));
    rt.run();
    told();
    call<M>(a, how, tell("param"));
    rt.run();
    return told();
  }
  std::string ask_coroutine(How how) {
    a = make_actor<A>(rt, tell_end("end"));
    rt.run();
    told();
    spawn(
        rt,
        [](Actor<A> actor, How h) -> Task<int> {
          co_return co_await ask<&A::coroutine>(actor, tell("param"), h);
        },
        tell("asker"), a.actor(), how);
    rt.run();
    return told();
  }
};

TEST_F(ReasonsTest, WhatAHandlerHolds) {
  EXPECT_EQ(call_with<&A::plain>(How::returns), "param:dropped local:dropped");
  EXPECT_EQ(call_with<&A::plain>(How::stops), "param:dropped+ local:dropped+ end:stopped");
  EXPECT_EQ(call_with<&A::plain>(How::fails), "param:failed+(f) local:failed+(f) end:failed(f)");
  EXPECT_EQ(call_with<&A::unread>(How::stops), "param:dropped+ end:stopped");
  EXPECT_EQ(call_with<&A::unread>(How::fails), "param:failed+(f) end:failed(f)");
#if TROUPE_EXCEPTIONS
  EXPECT_EQ(call_with<&A::plain>(How::throws), "param:failed+(t) local:failed+(t) end:failed(t)");
  EXPECT_EQ(call_with<&A::plain>(How::stops_and_throws),
            "param:failed+(t) local:failed+(t) end:stopped");
  EXPECT_EQ(call_with<&A::plain>(How::fails_and_throws),
            "param:failed+(t) local:failed+(t) end:failed(f)");
  EXPECT_EQ(call_with<&A::unread>(How::throws), "param:failed+(t) end:failed(t)");
#endif
}

TEST_F(ReasonsTest, WhatACoroutineHandlerHoldsAndItsAsker) {
  EXPECT_EQ(ask_coroutine(How::stops), "local:lost+ param:lost+ end:stopped asker:lost+");
  EXPECT_EQ(ask_coroutine(How::fails),
            "local:failed+(f) param:failed+(f) end:failed(f) asker:failed+(f)");
#if TROUPE_EXCEPTIONS
  EXPECT_EQ(ask_coroutine(How::throws),
            "local:failed+(t) param:failed+(t) end:failed(t) asker:failed+(t)");
  EXPECT_EQ(ask_coroutine(How::stops_and_throws),
            "local:failed+(t) param:failed+(t) end:stopped asker:failed+(t)");
  EXPECT_EQ(ask_coroutine(How::fails_and_throws),
            "local:failed+(t) param:failed+(t) end:failed(f) asker:failed+(t)");
#endif
}

TEST_F(ReasonsTest, WhatAnActorsTaskHoldsAndItsState) {
  const auto ended_by = [&](auto end) {
    a = make_actor<A>(rt, tell_end("end"));
    rt.run();
    told();
    call<&A::keep>(a, tell("state"));
    call<&A::own>(a, tell("frame"));
    rt.run();
    end();
    rt.run();
    return told();
  };
  EXPECT_EQ(ended_by([&] { call<&A::act_now>(a, How::stops); }),
            "frame:lost+ state:dropped+ end:stopped");
  EXPECT_EQ(ended_by([&] { call<&A::act_now>(a, How::fails); }),
            "frame:failed+(f) state:failed+(f) end:failed(f)");
#if TROUPE_EXCEPTIONS
  EXPECT_EQ(ended_by([&] { call<&A::act_now>(a, How::throws); }),
            "frame:failed+(t) state:failed+(t) end:failed(t)");
#endif
  EXPECT_EQ(ended_by([&] { a.kill("k"); }), "frame:failed+(k) state:failed+(k) end:killed(k)");
  EXPECT_EQ(ended_by([&] { a = {}; }), "frame:lost+ state:dropped+ end:dropped");
  EXPECT_EQ(ended_by([&] { call<&A::cancel>(a); }), "frame:cancelled");
}

TEST_F(ReasonsTest, CallsThatAnActorNeverTook) {
  call<&A::act_now>(a, How::fails);
  call<&A::keep>(a, tell("behind"));
  rt.run();
  call<&A::keep>(a, tell("late"));
  rt.run();
  EXPECT_EQ(told(), "end:failed(f) behind:lost+ late:lost+");
  a = make_actor_new<A>(rt, tell_end("end"));
  call<&A::keep>(a, tell("held"));
  rt.run();
  a.kill("k");
  rt.run();
  EXPECT_EQ(told(), "held:failed+(k) end:killed(k)");
  a = make_actor_new<A>(rt, tell_end("end"));
  call<&A::keep>(a, tell("held"));
  a = {};
  rt.run();
  EXPECT_EQ(told(), "held:lost+ end:dropped");
}

// ---- tasks of the runtime
struct Holds {  // foreign code that keeps a handle
  static inline std::coroutine_handle<> held;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) { held = h; }
  void await_resume() {}
};
Task<int> waits(Ret<int> frame) {
  co_await sleep(1h);
  co_return frame ? 1 : 0;
}
Task<int> waits_for(Value<int> value, Ret<int> frame) {
  const int n = co_await value;
  co_return frame ? n : 0;
}
Task<int> parks(Ret<int> frame) {
  co_await Holds();
  co_return frame ? 1 : 0;
}
Task<> outer(Ret<int> inner_frame, Ret<int> frame) {
  const int n = co_await waits(std::move(inner_frame));
  frame(n);
}

TEST_F(ReasonsTest, WhatATaskHoldsAndItsOwnRet) {
  spawn(rt, [](Ret<int>) -> Task<int> { co_return 1; }, tell("own"), tell("frame"));
  rt.run();
  EXPECT_EQ(told(), "frame:dropped own:1");
  const TaskRef task = spawn(rt, waits, tell("own"), tell("frame"));
  rt.run();
  task.cancel();
  EXPECT_EQ(told(), "frame:cancelled own:cancelled");
  spawn(rt, waits, tell("own"), tell("frame")).cancel();
  EXPECT_EQ(told(), "frame:cancelled own:cancelled") << "before its first step";
  const TaskRef nested = spawn(rt, outer, ret_nop, tell("inner"), tell("outer"));
  rt.run();
  nested.cancel();
  EXPECT_EQ(told(), "inner:cancelled outer:cancelled") << "also where nobody hears of its end";
  auto pipe = push_pipe<int>(rt);
  spawn(rt, waits_for, tell("own"), std::move(pipe.value), tell("frame"));
  rt.run();
  pipe.ret.fail(ActorFail(Why::timed_out, Error("slow")));
  rt.run();
  EXPECT_EQ(told(), "frame:timed out(slow) own:timed out(slow)");
}

TEST_F(ReasonsTest, WhatATaskHoldsThatIsSpawnedBehindTheEndOfItsActor) {
  auto pipe = push_pipe<Task<int>>(rt);
  struct Lends {
    Task<int> work(Cx<Lends>&, Ret<int>) { co_return 1; }
    void lend(Cx<Lends>& cx, Ret<Task<int>> to, Ret<int> frame) { to(work(cx, std::move(frame))); }
  };
  auto lends = make_actor<Lends>(rt, ret_nop);
  call<&Lends::lend>(lends, std::move(pipe.ret), tell("frame"));
  rt.run();
  lends = {};
  rt.run();
  spawn(
      rt,
      [](Core& core, Value<Task<int>> from) -> Task<> {
        Task<int> task = co_await from;
        spawn(core, std::move(task), tell("own"));
      },
      ret_nop, std::move(pipe.value));
  rt.run();
  EXPECT_EQ(told(), "frame:lost own:lost");
}

TEST_F(ReasonsTest, WhatAParkedTaskHolds) {
  const TaskRef task = spawn(rt, parks, tell("own"), tell("frame"));
  rt.run();
  task.cancel();
  EXPECT_EQ(told(), "own:cancelled");
  Holds::held.resume();
  rt.run();
  EXPECT_EQ(told(), "frame:cancelled");
  struct Owner {
    Task<int> work(Cx<Owner>&, Ret<int> frame, int) {
      co_await Holds();
      co_return frame ? 1 : 0;
    }
  };
  auto own = make_actor<Owner>(rt, ret_nop);
  spawn(
      rt,
      [](Actor<Owner> o) -> Task<int> {
        co_return co_await ask<&Owner::work>(o, tell("frame"), 1);
      },
      tell("own"), own.actor());
  rt.run();
  own.kill("k");
  rt.run();
  EXPECT_EQ(told(), "own:failed+(k)");
  Holds::held.destroy();
  rt.run();
  EXPECT_EQ(told(), "frame:failed+(k)");
}

TEST_F(ReasonsTest, WhereTheRuntimeEnds) {
  {
    Runtime other;
    auto b = make_actor<A>(other, tell_end("b"));
    call<&A::keep>(b, tell("state"));
    call<&A::own>(b, tell("of actor"));
    spawn(other, waits, tell("own"), tell("frame"));
    other.run();
    call<&A::keep>(b, tell("queued"));
    spawn(other, waits, tell("own"), tell("fresh"));
    defer(other, [](Ret<int>) {}, tell("deferred"));
  }
  const std::string text = told();
  for (const auto* word : {"state:runtime ended+", "of actor:runtime ended", "own:runtime ended",
                           "frame:runtime ended", "queued:runtime ended", "fresh:runtime ended",
                           "deferred:runtime ended", "b:dropped"})
    EXPECT_NE(text.find(word), std::string::npos) << word << " in " << text;
}

TEST_F(ReasonsTest, WhatAQueueRefuses) {
  rt.set_max_queued(1);
  using Much = std::array<char, 60000>;
  for (int i = 0; i < 10; ++i) defer(rt, [](Much) {}, Much{});
  defer(rt, [](Much, Ret<int>) {}, Much{}, tell("full"));
  EXPECT_EQ(told(), "full:overloaded");
  rt.set_max_queued(SIZE_MAX);
  rt.run();
}

TEST_F(ReasonsTest, WhatAFunctionHolds) {
  const auto drops = [](Ret<int> bound, const Reply<int>&) {
    const Ret<int> dies_here = std::move(bound);
  };
  auto answered = ret_do(drops, tell("answered"));
  answered(1);
  EXPECT_EQ(told(), "answered:dropped");
  auto failed = ret_do(drops, tell("failed"));
  failed.fail(ActorFail(Why::failed, Error("e")));
  EXPECT_EQ(told(), "failed:failed(e)") << "as it was told itself";
  defer(rt, [](Ret<int>) {}, tell("deferred"));
  rt.run();
  EXPECT_EQ(told(), "deferred:dropped");
}

TEST_F(ReasonsTest, WhereALimitComesFirst) {
  auto kept = tell("limited").with_timeout(rt, 1s);
  run_virtual(rt);
  EXPECT_EQ(told(), "limited:timed out");
  kept(1);
}

#if TROUPE_EXCEPTIONS
Task<int> throws(Ret<int>) {
  const Ret<int> local = tell("local");
  co_await sleep(1s);
  throw std::runtime_error("t");
}

template <class X> Task<> for_nothing(X awaited) { (void)co_await std::move(awaited); }

TEST_F(ReasonsTest, WhatATaskHoldsThatThrows) {
  spawn(rt, throws, tell("own"), tell("frame"));
  run_virtual(rt);
  EXPECT_EQ(told(), "local:failed(t) frame:failed(t) own:failed(t)");
  spawn(rt, throws, ret_nop, tell("frame"));
  run_virtual(rt);
  EXPECT_EQ(told(), "local:failed(t) frame:failed(t)") << "where nobody hears of its end";
  spawn(
      rt,
      [](Ret<int> frame) -> Task<> {
        try {
          const Ret<int> dies = tell("caught");
          throw std::runtime_error("nobody minds");
        } catch (const std::exception&) {}
        co_await sleep(1s);
        frame(1);
      },
      ret_nop, tell("frame"));
  run_virtual(rt);
  EXPECT_EQ(told(), "caught:dropped frame:1");
}

TEST_F(ReasonsTest, WhatAChildHoldsThatThrows) {
  const auto each_kind = [](Core& core) -> Task<> {
    const Reply<> together = co_await reply_of(for_nothing(all(throws(tell("all")), sleep(1h))));
    const Reply<> first = co_await reply_of(for_nothing(race(throws(tell("race")), sleep(1h))));
    const Reply<> limited = co_await reply_of(for_nothing(timeout(1h, throws(tell("timeout")))));
    Scope scope(core);
    scope.spawn(throws(tell("scope")));
    const Reply<> joined = co_await scope.join().reply();
    say(together || first || limited || joined ? "went well" : "failed");
  };
  spawn(rt, each_kind, ret_nop);
  run_virtual(rt);
  EXPECT_EQ(told(),
            "local:failed(t) all:failed(t) local:failed(t) race:failed(t) local:failed(t) "
            "timeout:failed(t) "
            "local:failed(t) scope:failed(t) failed");
}

TEST_F(ReasonsTest, WhatAnActorsChildHoldsThatThrows) {
  struct Parent {
    Task<> run(Cx<Parent>&) {
      try {
        co_await all(throws(tell("frame")));
      } catch (const std::exception&) {}
    }
  };
  const auto parent = make_actor<Parent>(rt, ret_nop);
  call<&Parent::run>(parent);
  run_virtual(rt);
  EXPECT_EQ(told(), "local:failed+(t) frame:failed+(t)");
  EXPECT_FALSE(parent.is_zombie()) << "its task has caught it";
}

// ---- a coroutine type of another library, which hands exceptions on
struct Foreign {
  struct promise_type {
    Foreign get_return_object() {
      return Foreign(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Back {
        bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(
            std::coroutine_handle<promise_type> h) const noexcept {
          return h.promise().parent;
        }
        void await_resume() const noexcept {}
      };
      return Back();
    }
    void return_value(int v) { value = v; }
    void unhandled_exception() { error = std::current_exception(); }
    std::coroutine_handle<> parent;
    std::exception_ptr error;
    int value = 0;
  };
  explicit Foreign(std::coroutine_handle<promise_type> h) : handle(h) {}
  Foreign(Foreign&& o) noexcept : handle(std::exchange(o.handle, nullptr)) {}
  ~Foreign() {
    if (handle) handle.destroy();
  }
  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) {
    handle.promise().parent = h;
    return handle;
  }
  int await_resume() {
    if (handle.promise().error) std::rethrow_exception(handle.promise().error);
    return handle.promise().value;
  }
  std::coroutine_handle<promise_type> handle;
};
Foreign in_foreign(Value<int> value) { co_return co_await value; }
Foreign in_foreign_thrown(Value<int> value) { co_return co_await value.value(); }

TEST_F(ReasonsTest, ALossThatComesThroughAForeignCoroutine) {
  auto pipe = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> value, Ret<int> frame) -> Task<int> {
        const int n = co_await in_foreign(std::move(value));
        co_return frame ? n : 0;
      },
      tell("own"), std::move(pipe.value), tell("frame"));
  rt.run();
  pipe.ret.fail(ActorFail(Why::lost, Error("gone")));
  rt.run();
  EXPECT_EQ(told(), "frame:lost(gone) own:lost(gone)")
      << "as if no foreign coroutine stood between";
}

TEST_F(ReasonsTest, AnActorWhoseTaskHasSuchALossDoesNotFail) {
  struct Asks {
    Task<int> work(Cx<Asks>&, Value<int> value) {
      const int n = co_await in_foreign(std::move(value));
      co_return n;
    }
  };
  auto asks = make_actor<Asks>(rt, tell_end("asks"));
  auto pipe = push_pipe<int>(rt);
  spawn(
      rt,
      [](Actor<Asks> actor, Value<int> value) -> Task<int> {
        co_return co_await ask<&Asks::work>(actor, std::move(value));
      },
      tell("asker"), asks.actor(), std::move(pipe.value));
  rt.run();
  pipe.ret.fail(ActorFail(Why::timed_out));
  rt.run();
  EXPECT_EQ(told(), "asker:timed out");
  EXPECT_FALSE(asks.is_zombie());
  asks = {};
  rt.run();
  told();
}

TEST_F(ReasonsTest, WhatIsThrownByValueIsTheTasksOwnFailure) {
  auto pipe = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> value) -> Task<int> {
        const int n = co_await in_foreign_thrown(std::move(value));
        co_return n;
      },
      tell("own"), std::move(pipe.value));
  rt.run();
  pipe.ret.fail(ActorFail(Why::lost));
  rt.run();
  EXPECT_EQ(told(), "own:failed(lost)");
}
#endif

}  // namespace reasons_test
}  // namespace troupe
