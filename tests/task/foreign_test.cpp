// task/foreign_test.cpp: awaiters of other libraries: every shape, every thread, and being dropped
// in each state.
#include <troupe/task/foreign.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <coroutine>
#include <exception>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace foreign_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

struct Source {  // what plain awaiters of another library wait at
  std::coroutine_handle<> waiter;
  int value = 4;
  bool cancelled = false;
};
Source* at = nullptr;  // a test's own; awaiters find it here, so that they own nothing

struct VoidAwaiter {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) { at->waiter = h; }
  int await_resume() { return say("resumed"), at->value; }
};
template <bool Suspends> struct BoolAwaiter : VoidAwaiter {
  bool await_suspend(std::coroutine_handle<> h) { return at->waiter = h, Suspends; }
};
struct HandleAwaiter : VoidAwaiter {
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) { return h; }  // goes on at once
};
struct InlineAwaiter : VoidAwaiter {
  void await_suspend(std::coroutine_handle<> h) { h.resume(); }
};
struct MemberOperator {
  VoidAwaiter operator co_await() const { return {}; }
};
struct RvalueResult : VoidAwaiter {
  int await_resume() && { return say("resumed"), at->value; }
};
struct CancellableAwaiter : VoidAwaiter {  // says that it may be destroyed now
  bool await_cancel(std::coroutine_handle<>) { return at->cancelled = true; }
};

// Knows who waits by the handle, as one does that many wait for.
struct FindsItsHandle : VoidAwaiter {
  static inline std::vector<void*> waiting;
  void await_suspend(std::coroutine_handle<> h) { waiting.push_back(h.address()); }
  bool await_cancel(std::coroutine_handle<> h) { return std::erase(waiting, h.address()) == 1; }
};

template <class A> Task<int> awaits() {
  const SaysBye local("~local");
  const int v = co_await A();
  co_return v;
}

struct AdlOperator {};  // awaited through a free operator, which argument-dependent lookup finds
VoidAwaiter operator co_await(AdlOperator) { return {}; }

// The lazy task of another library, in miniature: awaiting it gives the handle of its coroutine to
// be resumed, and its end gives the handle of who waits for it.
class Lazy {
 public:
  struct promise_type {
    Lazy get_return_object() {
      return Lazy(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        return h.promise().waiter;
      }
      void await_resume() const noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_value(int v) noexcept { value = v; }
    void unhandled_exception() noexcept { std::terminate(); }
    std::coroutine_handle<> waiter = std::noop_coroutine();
    int value = 0;
  };
  Lazy(Lazy&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Lazy() {
    if (handle_) handle_.destroy();
  }
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) noexcept {
    handle_.promise().waiter = h;
    return handle_;
  }
  int await_resume() const noexcept { return handle_.promise().value; }

 private:
  explicit Lazy(std::coroutine_handle<promise_type> h) : handle_(h) {}
  std::coroutine_handle<promise_type> handle_;
};
Lazy lazy_now(int v) {
  say("lazy");
  co_return v;
}
Lazy lazy_later() {
  const SaysBye local("~lazy");
  const int v = co_await VoidAwaiter();
  co_return v + 1;
}
Task<int> awaits_lazy(Lazy lazy) {
  const SaysBye local("~local");
  const int v = co_await std::move(lazy);
  co_return v;
}

struct ForeignTest : troupe_test::RecordedTest {
  void SetUp() override {
    RecordedTest::SetUp();
    at = &source;
  }
  Source source;
};

TEST_F(ForeignTest, AVoidAwaiterResumesByTheQueue) {
  Runtime rt;
  spawn(rt, awaits<VoidAwaiter>(), tell_int("end"));
  rt.run();
  source.waiter.resume();
  EXPECT_EQ(told(), "") << "a resume only wakes";
  rt.run();
  EXPECT_EQ(told(), "resumed ~local end=4");
}

TEST_F(ForeignTest, WhatGoesOnAtOnceDoesNotSuspend) {
  Runtime rt;
  spawn(rt, awaits<BoolAwaiter<false>>(), tell_int("no"));
  spawn(rt, awaits<HandleAwaiter>(), tell_int("self"));
  spawn(rt, awaits<InlineAwaiter>(), tell_int("inside"));
  rt.run();
  EXPECT_EQ(told(), "resumed ~local no=4 resumed ~local self=4 resumed ~local inside=4");
}

TEST_F(ForeignTest, OperatorsAndRvalueResults) {
  Runtime rt;
  spawn(rt, awaits<MemberOperator>(), tell_int("member"));
  rt.run();
  source.waiter.resume();
  rt.run();
  spawn(rt, awaits<RvalueResult>(), tell_int("rvalue"));
  rt.run();
  source.waiter.resume();
  rt.run();
  EXPECT_EQ(told(), "resumed ~local member=4 resumed ~local rvalue=4");
}

TEST_F(ForeignTest, AFreeOperatorIsFound) {
  Runtime rt;
  spawn(rt, awaits<AdlOperator>(), tell_int("free"));
  rt.run();
  source.waiter.resume();
  rt.run();
  EXPECT_EQ(told(), "resumed ~local free=4");
}

TEST_F(ForeignTest, ItCanBeSpawned) {
  Runtime rt;
  spawn(rt, VoidAwaiter(), tell_int("plain"));
  rt.run();
  const TaskRef cancelled = spawn(rt, CancellableAwaiter(), tell_int("cancelled"));
  std::coroutine_handle<> first = source.waiter;
  rt.run();
  cancelled.cancel();
  EXPECT_EQ(told(), "cancelled!cancelled");
  first.resume();
  rt.run();
  EXPECT_EQ(told(), "resumed plain=4");
  spawn(rt, MemberOperator(), tell_int("member"));
  rt.run();
  source.waiter.resume();
  rt.run();
  spawn(rt, AdlOperator(), tell_int("free"));
  rt.run();
  source.waiter.resume();
  rt.run();
  EXPECT_EQ(told(), "resumed member=4 resumed free=4");
  spawn(rt, VoidAwaiter(), tell_int("lost"));
  rt.run();
  source.waiter.destroy();
  EXPECT_EQ(told(), "lost!lost");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(ForeignTest, ACoroutineWhoseHandleItsAwaitGivesRunsInTheSameTurn) {
  Runtime rt;
  spawn(rt, awaits_lazy(lazy_now(5)), tell_int("end"));
  defer(rt, [] { say("queued"); });
  rt.run();
  EXPECT_EQ(told(), "lazy queued ~local end=5") << "its end wakes us by the queue";
  spawn(rt, lazy_now(6), tell_int("spawned"));
  rt.run();
  EXPECT_EQ(told(), "lazy spawned=6");
}

TEST_F(ForeignTest, ACoroutineWhoseHandleItsAwaitGivesMayWait) {
  Runtime rt;
  spawn(rt, awaits_lazy(lazy_later()), tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "");
  source.waiter.resume();
  EXPECT_EQ(told(), "resumed ~lazy") << "it is theirs, and runs where they say";
  rt.run();
  EXPECT_EQ(told(), "~local end=5");
}

TEST_F(ForeignTest, DroppedWhileACoroutineOfTheirsRunsForIt) {
  Runtime rt;
  const TaskRef ref = spawn(rt, awaits_lazy(lazy_later()), tell_int("end"));
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "end!cancelled") << "it is parked: theirs will resume it";
  source.waiter.resume();
  EXPECT_EQ(told(), "resumed ~lazy");
  rt.run();
  EXPECT_EQ(told(), "~local");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(ForeignTest, ADestroyedHandleMeansALostReply) {
  Runtime rt;
  spawn(rt, awaits<VoidAwaiter>(), tell_int("end"));
  rt.run();
  source.waiter.destroy();
  EXPECT_EQ(told(), "~local end!lost") << "at once: what it names may be about to go";
  spawn(
      rt,
      []() -> Task<int> {
        const auto r = co_await reply_of(VoidAwaiter());
        co_return r ? 1 : -1;
      },
      tell_int("reply"));
  rt.run();
  source.waiter.destroy();
  rt.run();
  EXPECT_EQ(told(), "reply=-1");
}

#if !TROUPE_CONFORMING_FOREIGN  // the handle of a real coroutine has gone by then
struct FiresAsItDies {
  enum How { suspends, goes_on, throws };
  FiresAsItDies(How h, bool r) : how(h), resumes(r) {}
  FiresAsItDies(const FiresAsItDies&) = delete;
  ~FiresAsItDies() {
    if (!handle) return;
    say("~awaiter");
    resumes ? handle.resume() : handle.destroy();
  }
  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> h) {
    handle = h;
#if TROUPE_EXCEPTIONS
    if (how == throws) throw 1;
#endif
    return how == suspends;
  }
  int await_resume() const { return 4; }
  bool await_cancel(std::coroutine_handle<>) const { return true; }
  How how;
  bool resumes;
  std::coroutine_handle<> handle;
};

TEST_F(ForeignTest, AnAwaiterMayFireAsItDies) {
  Runtime rt;
  for (const bool resumes : {false, true})
    for (const auto how :
         {FiresAsItDies::suspends, FiresAsItDies::goes_on, FiresAsItDies::throws}) {
      const std::uint64_t before = foreign_misuses();
      const TaskRef ref = spawn(
          rt,
          [](FiresAsItDies::How h, bool r) -> Task<int> {
            const SaysBye local("~local");
            const int got = co_await FiresAsItDies(h, r);
            co_return got;
          },
          tell_int("end"), how, resumes);
      rt.run();
      ref.cancel();
      rt.run();
      if (how == FiresAsItDies::suspends) {
        EXPECT_EQ(told(), "~awaiter ~local end!cancelled");
      } else if (how == FiresAsItDies::goes_on || !TROUPE_EXCEPTIONS) {
        EXPECT_EQ(told(), "~awaiter ~local end=4");
      } else {
        EXPECT_EQ(told(), "~awaiter ~local end!failed");
      }
      EXPECT_EQ(foreign_misuses(), before + 1) << "nobody waits any more";
    }
}
#endif

TEST_F(ForeignTest, ASecondResumeIsCaught) {
  Runtime rt;
  const std::uint64_t before = foreign_misuses();
  spawn(rt, awaits<VoidAwaiter>(), tell_int("end"));
  rt.run();
  source.waiter.resume();
  source.waiter.resume();
  rt.run();
  EXPECT_EQ(told(), "resumed ~local end=4");
  EXPECT_EQ(foreign_misuses(), before + 1);
}

#if TROUPE_DEBUG && !TROUPE_CONFORMING_FOREIGN
TEST_F(ForeignTest, DebugBuildsCatchASecondResumeThatComesLate) {
  Runtime rt;
  const std::uint64_t before = foreign_misuses();
  spawn(rt, awaits<VoidAwaiter>(), tell_int("first"));
  rt.run();
  const auto stale = source.waiter;
  stale.resume();
  rt.run();
  spawn(rt, awaits<VoidAwaiter>(), tell_int("second"));  // in the same memory
  rt.run();
  stale.resume();
  rt.run();
  EXPECT_EQ(told(), "resumed ~local first=4") << "the other task was not woken";
  EXPECT_EQ(foreign_misuses(), before + 1);
  source.waiter.resume();
  rt.run();
  EXPECT_EQ(told(), "resumed ~local second=4");
}
#endif

TEST_F(ForeignTest, DroppedItIsParkedUntilTheAwaiterLetsGo) {
  Runtime rt;
  const TaskRef ref = spawn(rt, awaits<VoidAwaiter>(), tell_int("end"));
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "end!cancelled") << "the Ret hears now, the frame stays";
  EXPECT_TRUE(ref.done());
  EXPECT_EQ(ref.id(), 0u);
  EXPECT_EQ(ref.name(), "");
  source.waiter.resume();
  rt.run();
  EXPECT_EQ(told(), "resumed ~local") << "its result is taken and dropped, so that guards release";
}

TEST_F(ForeignTest, DroppedAndThenDestroyedItGoesWithoutAResult) {
  Runtime rt;
  const TaskRef ref = spawn(rt, awaits<VoidAwaiter>(), tell_int("end"));
  rt.run();
  ref.cancel();
  source.waiter.destroy();
  EXPECT_EQ(told(), "end!cancelled ~local");
}

TEST_F(ForeignTest, DroppedAfterItFiredItGoesAtOnce) {
  Runtime rt;
  const TaskRef ref = spawn(rt, awaits<VoidAwaiter>(), tell_int("end"));
  rt.run();
  source.waiter.resume();
  ref.cancel();
  EXPECT_EQ(told(), "resumed ~local end!cancelled");
}

TEST_F(ForeignTest, AnAwaiterThatMayBeDestroyedIs) {
  Runtime rt;
  const TaskRef ref = spawn(rt, awaits<CancellableAwaiter>(), tell_int("end"));
  rt.run();
  ref.cancel();
  EXPECT_TRUE(source.cancelled);
  EXPECT_EQ(told(), "~local end!cancelled");
}

// In every mode, in a limit and in a race, and beside another that waits at the same place.
Task<int> finds_in_reply() {
  const auto got = co_await reply_of(FindsItsHandle());
  co_return got ? *got : 0;
}
Task<int> finds_in_time() {
  const auto got = co_await timeout(1h, FindsItsHandle()).reply();
  co_return got ? *got : 0;
}
Task<int> finds_in_a_race() {
  const auto raced = co_await race(FindsItsHandle(), sleep(1h));
  co_return *raced.get<0>();
}
TEST_F(ForeignTest, WhatIsCancelledGetsTheHandleThatWaits) {
  Runtime rt;
  auto& waiting = FindsItsHandle::waiting;
  waiting.clear();
  spawn(rt, awaits<FindsItsHandle>(), tell_int("other"));
  for (const auto way : {awaits<FindsItsHandle>, finds_in_reply, finds_in_time, finds_in_a_race}) {
    const TaskRef ref = spawn(rt, way(), tell_int("end"));
    rt.run();
    EXPECT_EQ(waiting.size(), 2u);
    (void)told();
    ref.cancel();
    EXPECT_EQ(waiting.size(), 1u);
    EXPECT_TRUE(told().ends_with("end!cancelled"));
  }
  std::coroutine_handle<>::from_address(waiting.at(0)).resume();
  rt.run();
  EXPECT_EQ(told(), "resumed ~local other=4");
}

struct Owner {
  Task<> waits(Cx<Owner>&) {
    const SaysBye local("~local");
    say("got", co_await VoidAwaiter());
  }
  void stop(Cx<Owner>& cx) { cx.stop(); }
  ~Owner() { say("~owner"); }
};
TEST_F(ForeignTest, AnActorsStateWaitsForItsParkedTasks) {
  Runtime rt;
  auto own = make_actor<Owner>(rt, troupe_test::tell_end("own"));
  call<&Owner::waits>(own);
  call<&Owner::stop>(own);
  rt.run();
  EXPECT_EQ(told(), "") << "its frame may refer to the state";
  EXPECT_TRUE(own.is_zombie());
  source.waiter.resume();
  rt.run();
  EXPECT_EQ(told(), "resumed ~local ~owner own:stopped");
}

TEST_F(ForeignTest, ResumedFromAnotherThreadItRunsOnItsOwn) {
  Runtime rt;
  std::atomic<int> wakes{0};
  rt.set_poll_waker([&wakes] { ++wakes; });
  spawn(rt, awaits<VoidAwaiter>(), tell_int("end"));
  rt.run();
  wakes = 0;
  std::thread([h = source.waiter] { h.resume(); }).join();
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "resumed ~local end=4");
}

TEST_F(ForeignTest, DroppedWhileItsWakeIsStillInTheInbox) {
  Runtime rt;
  rt.set_poll_waker([] {});
  const TaskRef ref = spawn(rt, awaits<VoidAwaiter>(), tell_int("end"));
  rt.run();
  std::thread([h = source.waiter] { h.resume(); }).join();
  ref.cancel();
  EXPECT_EQ(told(), "end!cancelled");
  rt.run();
  EXPECT_EQ(told(), "resumed ~local");
}

#if TROUPE_EXCEPTIONS
// Lets go of its handle, here or on another thread, and then throws.
struct LetsGoAndThrows {
  LetsGoAndThrows(bool e, bool d) : elsewhere(e), destroys(d) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const {
    const auto let_go = [&] { destroys ? h.destroy() : h.resume(); };
    if (elsewhere)
      std::thread(let_go).join();
    else
      let_go();
    if (cancelled) cancelled->cancel();
    throw 1;
  }
  void await_resume() const {}
  bool elsewhere, destroys;
  static inline const TaskRef* cancelled = nullptr;
};

TEST_F(ForeignTest, AnExceptionOfAnAwaitWinsOverWhatItLetGoOf) {
  for (const bool elsewhere : {true, false})
    for (const bool destroys : {true, false})
      for (const bool cancels : {true, false}) {
        Runtime rt;
        rt.set_poll_waker([] {});
        const TaskRef ref = spawn(
            rt,
            [](bool e, bool d) -> Task<int> {
              try {
                co_await LetsGoAndThrows(e, d);
              } catch (int) {
                say("caught");
              }
              co_await sleep(1s);
              co_return 1;
            },
            tell_int("end"), elsewhere, destroys);
        LetsGoAndThrows::cancelled = cancels ? &ref : nullptr;
        run_virtual(rt);
        EXPECT_EQ(told(), cancels ? "caught end!cancelled" : "caught end=1")
            << elsewhere << destroys;
      }
}

TEST_F(ForeignTest, AsAReplyItIsThatExceptionToo) {
  for (const bool elsewhere : {true, false})
    for (const bool destroys : {true, false}) {
      Runtime rt;
      rt.set_poll_waker([] {});
      LetsGoAndThrows::cancelled = nullptr;
      spawn(
          rt,
          [](bool e, bool d) -> Task<> {
            const auto reply = co_await reply_of(LetsGoAndThrows(e, d));
            say(reply ? "value" : to_string(reply.error().why()));
            co_await sleep(1s);
          },
          ret_nop, elsewhere, destroys);
      run_virtual(rt);
      EXPECT_EQ(told(), "failed") << elsewhere << destroys;
    }
}

// A coroutine that takes over by symmetric transfer, and lets its exception out to whoever resumed
// it.
struct TakesOverAndThrows {
  struct promise_type {
    TakesOverAndThrows get_return_object() {
      return TakesOverAndThrows(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { throw; }
  };
  explicit TakesOverAndThrows(std::coroutine_handle<promise_type> h) : handle(h) {}
  TakesOverAndThrows(TakesOverAndThrows&& other) noexcept
      : handle(std::exchange(other.handle, nullptr)) {}
  ~TakesOverAndThrows() {
    if (handle) handle.destroy();
  }
  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) const {
    return at->waiter = h, handle;
  }
  void await_resume() const { say("resumed"); }
  std::coroutine_handle<promise_type> handle;
};
TakesOverAndThrows takes_over_and_throws() {
  throw 7;
  co_return;
}

TEST_F(ForeignTest, WhatACoroutineThatTookOverThrowsComesOutOfTheRunAndTheTaskWaits) {
  Runtime rt;
  spawn(
      rt,
      []() -> Task<int> {
        TakesOverAndThrows other = takes_over_and_throws();
        co_await other;
        co_return 1;
      },
      tell_int("end"));
  try {
    rt.run();
    ADD_FAILURE() << "nothing was thrown";
  } catch (int thrown) {
    EXPECT_EQ(thrown, 7);
  }
  EXPECT_EQ(rt.live_tasks(), 1u);
  source.waiter.resume();
  rt.run();
  EXPECT_EQ(told(), "resumed end=1");
}
#endif

}  // namespace foreign_test
}  // namespace troupe
