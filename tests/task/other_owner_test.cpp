// task/other_owner_test.cpp: awaiting a task that belongs to another actor: it is one of its own,
// with its own end.
//
// A coroutine that takes a `Cx` belongs to that actor from its creation, wherever its Task is
// carried. Awaited by another's task it runs in its own actor's turns, and its actor's end and its
// exceptions are its actor's matter: who awaits it hears of a loss.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace other_owner_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

// Clang's -Wconsumed knows the state of a Task that a function gives; of one that a co_await gives
// it assumes nothing.
template <class T> Task<T> received(Task<T> task) { return task; }

struct Lender {  // hands out tasks of its own
  Task<int> work(Cx<Lender>& cx, int v) {
    const SaysBye local("~work");
    say("begins", v);
    co_await sleep(1s);
    say(cx.id() == id ? "works" : "works for another");
    if (v < 0) TROUPE_THROW(std::runtime_error("negative"));
    if (v == 0) cx.fail("zero");
    co_return v + 1;
  }
  Task<> silent(Cx<Lender>&) {
    const SaysBye local("~silent");
    co_await sleep(1s);
  }
  void lend(Cx<Lender>& cx, int v, Ret<Task<int>> ret) {
    id = cx.id();
    ret(work(cx, v));
  }
  void lend_silent(Cx<Lender>& cx, Ret<Task<>> ret) { ret(silent(cx)); }
  ~Lender() { say("~lender"); }
  std::uint64_t id = 0;
};

enum class How : std::uint8_t { drop, reply, value };
struct Borrower {
  Task<int> borrow(Cx<Borrower>&, Actor<Lender> from, int v, How how) {
    const SaysBye local("~borrow");
    Task<int> lent = received(co_await ask<&Lender::lend>(from, v));
    say("lent");
    if (how == How::reply) {
      const Reply<int> r = co_await std::move(lent).reply();
      say(r ? "value" : to_string(r.error().why()));
      co_return r ? *r : -1;
    }
    if (how == How::drop) {
      const int got = co_await std::move(lent);
      say("got", got);
      co_return got;
    }
#if TROUPE_EXCEPTIONS
    try {
      co_return co_await std::move(lent).value();
    } catch (const ActorFailed& f) {
      say("threw " + std::string(f.what()));
    }
#endif
    co_return -2;
  }
  Task<int> given(Cx<Borrower>&, Task<int> lent) {  // as an argument
    const int got = co_await std::move(lent);
    co_return got;
  }
  Task<> wait(Cx<Borrower>&, Actor<Lender> from) {
    Task<> lent = received(co_await ask<&Lender::lend_silent>(from));
    co_await std::move(lent);
    say("waited");
  }
  void stop(Cx<Borrower>& cx) { cx.stop(); }
  ~Borrower() { say("~borrower"); }
};

struct OtherOwnerTest : troupe_test::OneRuntimeTest {
  ActorOwn<Lender> lender = make_actor<Lender>(rt, tell_end("lender"));
  ActorOwn<Borrower> borrower = make_actor<Borrower>(rt, tell_end("borrower"));
  void TearDown() override {
    lender = {};
    borrower = {};
    rt.run();
    OneRuntimeTest::TearDown();
  }
  TaskRef borrow(int v, How how = How::drop) {
    return spawn(rt, ask<&Borrower::borrow>(borrower, lender.actor(), v, how), tell_int("end"));
  }
};
constexpr How all_hows[] = {
    How::drop,
    How::reply,
#if TROUPE_EXCEPTIONS
    How::value,
#endif
};

TEST_F(OtherOwnerTest, ItsValue) {
  for (const How how : all_hows) {
    borrow(4, how);
    run_virtual(rt);
    EXPECT_EQ(told(), how == How::drop    ? "lent begins4 works ~work got5 ~borrow end=5"
                      : how == How::reply ? "lent begins4 works ~work value ~borrow end=5"
                                          : "lent begins4 works ~work ~borrow end=5");
  }
}

TEST_F(OtherOwnerTest, WithoutAValue) {
  call<&Borrower::wait>(borrower, lender.actor());
  run_virtual(rt);
  EXPECT_EQ(told(), "~silent waited");
}

TEST_F(OtherOwnerTest, AsAnArgumentAndInATaskOfTheRuntime) {
  spawn(
      rt,
      [](Core& core, Actor<Lender> from, Actor<Borrower> to) -> Task<int> {
        Task<int> lent = received(co_await ask<&Lender::lend>(from, 1));
        const int one = co_await ask<&Borrower::given>(to, std::move(lent));
        Task<int> mine = received(co_await ask<&Lender::lend>(from, 2));
        const Instant before = core.now();
        const int two = co_await std::move(mine);
        EXPECT_EQ(core.now() - before, 1s);
        co_return one * 10 + two;
      },
      tell_int("end"), lender.actor(), borrower.actor());
  run_virtual(rt);
  EXPECT_EQ(told(), "begins1 works ~work begins2 works ~work end=23");
}

TEST_F(OtherOwnerTest, LostWithItsActorWhileItRuns) {
  for (const How how : all_hows) {
    auto own = make_actor<Lender>(rt, tell_end("lender"));
    spawn(rt, ask<&Borrower::borrow>(borrower, own.actor(), 4, how), tell_int("end"));
    rt.run();
    EXPECT_EQ(told(), "lent begins4");
    own.kill("enough");
    rt.run();
    EXPECT_EQ(told(), how == How::drop ? "~work ~lender lender:killed(enough) ~borrow end!failed"
                      : how == How::reply
                          ? "~work ~lender lender:killed(enough) failed ~borrow end=-1"
                          : "~work ~lender lender:killed(enough) threw enough ~borrow end=-2");
    EXPECT_EQ(rt.live_tasks(), 0u);
  }
}

TEST_F(OtherOwnerTest, LostWhereItsActorHasEndedBeforeItIsAwaited) {
  auto [value, ret] = push_pipe<Task<int>>(rt);
  call<&Lender::lend>(lender, 4, std::move(ret));
  rt.run();
  lender = {};
  rt.run();
  EXPECT_EQ(told(), "~lender lender:dropped");
  spawn(
      rt,
      [](Value<Task<int>> from) -> Task<int> {
        Task<int> lent = received(co_await from);
        const Reply<int> r = co_await std::move(lent).reply();
        say(r ? "value" : to_string(r.error().why()));
        co_return -1;
      },
      tell_int("end"), std::move(value));
  rt.run();
  EXPECT_EQ(told(), "lost end=-1") << "its body never runs";
}

TEST_F(OtherOwnerTest, ItFailsItsActorByItself) {
  borrow(0, How::reply);
  run_virtual(rt);
  EXPECT_EQ(told(), "lent begins0 works ~work ~lender lender:failed(zero) value ~borrow end=1")
      << "what it returned before control came back is its answer";
}

#if TROUPE_EXCEPTIONS
TEST_F(OtherOwnerTest, ItsExceptionFailsItsActorAndIsALossHere) {
  for (const How how : all_hows) {
    auto own = make_actor<Lender>(rt, tell_end("lender"));
    spawn(rt, ask<&Borrower::borrow>(borrower, own.actor(), -1, how), tell_int("end"));
    run_virtual(rt);
    EXPECT_EQ(told(), std::string("lent begins-1 works ~work ~lender lender:failed(negative) ") +
                          (how == How::drop    ? "~borrow end!failed"
                           : how == How::reply ? "failed ~borrow end=-1"
                                               : "threw negative ~borrow end=-2"));
  }
  EXPECT_FALSE(borrower.is_zombie());
}
#endif

// ---- one actor says that it ends while another's turn goes on

struct Guest {  // its tasks are begun, stopped and destroyed by others
  struct Guard {
    CxBase& cx;
    ~Guard() { cx.fail("died"); }
  };
  TaskRef task;
  Task<> begins(Cx<Guest>& cx) {
    say("begins");
    cx.stop();
    co_return;
  }
  void lend(Cx<Guest>& cx, Ret<Task<>> ret) { ret(begins(cx)); }
  Task<> hears(Cx<Guest>& cx) {
    const StopToken token = co_await stop_token();
    task = co_await this_task();
    const StopCallback callback(
        token, [](Borrowed<Cx<Guest>> self) { self.get().fail("heard"); }, unsafe_borrow(cx));
    co_await sleep(1h);
  }
  Task<> dies(Cx<Guest>& cx) {
    task = co_await this_task();
    const Guard guard{cx};
    co_await sleep(1h);
  }
  void show(Ret<TaskRef> ret) { ret(task); }
  ~Guest() { say("~guest"); }
};
struct Hostess {
  Task<> returns(Cx<Hostess>& cx, Task<> others) {  // as if it were its own coroutine
    cx.fail("mine");
    return others;
  }
  void stops(Cx<Hostess>& cx, TaskRef task, Ret<int>) {
    cx.stop();
    task.request_stop();
  }
  void cancels(TaskRef task, Ret<int>) { task.cancel(); }
  ~Hostess() { say("~hostess"); }
};
struct SaidElsewhereTest : troupe_test::OneRuntimeTest {
  ActorOwn<Guest> guest = make_actor<Guest>(rt, tell_end("guest"));
  ActorOwn<Hostess> hostess = make_actor<Hostess>(rt, tell_end("hostess"));
  template <auto M> TaskRef begin() {
    static TaskRef found;
    call<M>(guest);
    call<&Guest::show>(guest, ret_some_do([](TaskRef task) { found = std::move(task); }));
    rt.run();
    return std::exchange(found, {});
  }
  void TearDown() override {
    guest = {};
    hostess = {};
    rt.run();
    OneRuntimeTest::TearDown();
  }
};

TEST_F(SaidElsewhereTest, AnothersCoroutineThatAHandlerReturnsBeginsByAnItemOfItsOwn) {
  auto [value, ret] = push_pipe<Task<>>(rt);
  call<&Guest::lend>(guest, std::move(ret));
  spawn(
      rt,
      [](Value<Task<>> from, Actor<Hostess> to) -> Task<> {
        Task<> lent = received(co_await from);
        call<&Hostess::returns>(to, std::move(lent));
      },
      ret_nop, std::move(value), hostess.actor());
  rt.run();
  EXPECT_EQ(told(), "~hostess hostess:failed(mine) begins ~guest guest:stopped");
}

TEST_F(SaidElsewhereTest, AFunctionThatHearsOfAStop) {
  const TaskRef task = begin<&Guest::hears>();
  call<&Hostess::stops>(hostess, task, tell_int("asker"));
  rt.run();
  EXPECT_EQ(told(), "asker!dropped ~hostess hostess:stopped ~guest guest:failed(heard)");
}

TEST_F(SaidElsewhereTest, ADestructorOfATaskThatIsCancelled) {
  const TaskRef task = begin<&Guest::dies>();
  call<&Hostess::cancels>(hostess, task, tell_int("asker"));
  call<&Guest::show>(guest, ret_do([](const Reply<TaskRef>& r) {
                       say(r ? "shown" : to_string(r.error().why()));
                     }));
  rt.run();
  EXPECT_EQ(told(), "asker!dropped lost ~guest guest:failed(died)");
  EXPECT_FALSE(hostess.is_zombie());
}

TEST_F(OtherOwnerTest, ACancelledAwaiterCancelsIt) {
  for (const How how : all_hows) {
    struct Own {
      Task<int> wait(Cx<Own>&, Actor<Lender> from, How mode) {
        const SaysBye local("~own");
        Task<int> lent = received(co_await ask<&Lender::lend>(from, 4));
        if (mode == How::reply) co_return (co_await std::move(lent).reply()).value_or(0);
        if (mode == How::value) co_return co_await std::move(lent).value();
        co_return co_await std::move(lent);
      }
    };
    auto own = make_actor<Own>(rt, tell_end("own"));
    const TaskRef ref = spawn(rt, ask<&Own::wait>(own, lender.actor(), how), tell_int("end"));
    rt.run();
    EXPECT_EQ(told(), "begins4");
    own = {};
    rt.run();
    EXPECT_EQ(told(), "~own ~work own:dropped end!lost");
    EXPECT_TRUE(ref.done());
    EXPECT_FALSE(lender.is_zombie());
    EXPECT_EQ(rt.live_tasks(), 0u);
    EXPECT_EQ(rt.live_timers(), 0u);
  }
}

TEST_F(OtherOwnerTest, TheAwaitersOwnEndIsNoHarmToTheLender) {
  borrow(4);
  rt.run();
  call<&Borrower::stop>(borrower);
  run_virtual(rt);
  EXPECT_EQ(told(), "lent begins4 ~borrow ~work ~borrower borrower:stopped end!lost");
  EXPECT_EQ(query<&Lender::lend_silent>(rt, lender, Ret<Task<>>(ret_nop)), true);
}

}  // namespace other_owner_test
}  // namespace troupe
