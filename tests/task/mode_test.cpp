// task/mode_test.cpp: what has one mode of its own, under each wrapper; and moved before it is
// awaited.
//
// That whatever is awaited has its three modes is in reply_test.cpp, and inside foreign coroutines
// in inside_foreign_test.cpp.
#include <troupe/task/mode.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <type_traits>
#include <utility>

#include "support/alien.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace mode_test {

using namespace std::chrono_literals;
using troupe_test::tell_int;
using troupe_test::told;

using InModeTest = troupe_test::BalancedTest;

Task<int> tasks_value(int v) { co_return v; }
auto ask_for(Core&, int) {
  return pull<int>([](Core&, Ret<int> ret) { ret(6); });
}

Task<int> sleeps_in_mode(int mode) {
  if (mode == 0) (void)co_await reply_of(sleep(1000s));
  if (mode == 1) co_await value_of(sleep(1000s));
  if (mode == 2) (void)co_await timeout(500s, reply_of(sleep(1000s)));
  if (mode == 3) (void)co_await race(reply_of(sleep(1000s)), value_of(sleep(1000s)));
  if (mode == 4) (void)co_await reply_of(reply_of(sleep(1000s)));
  if (mode == 5) {
    auto named = sleep(1000s);
    (void)co_await reply_of(named);
  }
  co_return 0;
}
TEST_F(InModeTest, WhatIsOursStaysOursUnderEveryWrapper) {
  Runtime rt;
  for (int mode = 0; mode < 6; ++mode) {
    const TaskRef ref = spawn(rt, sleeps_in_mode, tell_int("end"), mode);
    rt.run();
    rt.run();
    EXPECT_FALSE(ref.done());
    ref.cancel();
    EXPECT_EQ(told(), "end!cancelled") << mode;
    EXPECT_EQ(rt.live_tasks(), 0u) << mode;
    EXPECT_EQ(rt.live_timers(), 0u) << mode;
  }
  spawn(
      rt,
      []() -> Task<int> {
        const auto r = co_await reply_of(sleep(1s));
        static_assert(std::is_same_v<decltype(r), const Reply<>>);
        co_await value_of(sleep(1s));
        const auto late = co_await timeout(1s, reply_of(sleep(2s))).reply();
        co_return r && !late ? 1 : 0;
      },
      tell_int("slept"));
  run_virtual(rt);
  EXPECT_EQ(told(), "slept=1");
  EXPECT_EQ(rt.now() - Instant{}, 3s);
}

TEST_F(InModeTest, WhatAModeReturnsMayBeMovedBeforeItIsAwaited) {
  Runtime rt;
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Event event;
        Mutex mutex;
        Queue<int> queue(1);
        Scope scope(core);
        auto pipe = push_pipe<int>(core);
        const auto moved = [](auto x) {
          static_assert(std::is_move_constructible_v<decltype(x)>);
          auto y = std::move(x);
          return y;
        };
        event.set();
        pipe.ret(3);
        auto a = moved(event.wait().reply());
        auto b = moved(mutex.lock().value());
        auto c = moved(queue.push(4).reply());
        auto d = moved(scope.join().reply());
        auto e = moved(pipe.value.reply());
        auto f = moved(timeout(1s, queue.pop()).reply());
        auto g = moved(all(sleep(1s), sleep(2s)).value());
        auto h = moved(tasks_value(5).reply());
        auto i = moved(ask_for(core, 6).value());
        EXPECT_TRUE(co_await std::move(a));
        EXPECT_TRUE(co_await std::move(b));
        EXPECT_TRUE(co_await std::move(c));
        EXPECT_TRUE(co_await std::move(d));
        int sum = *co_await std::move(e);
        const auto popped = co_await std::move(f);
        sum += **popped;
        (void)co_await std::move(g);
        sum += *co_await std::move(h);
        sum += co_await std::move(i);
        const auto raced = co_await race(event.wait().reply(), mutex.lock().value());
        co_return sum * 10 + static_cast<int>(raced.index());
      },
      tell_int("sum"));
  run_virtual(rt);
  EXPECT_EQ(told(), "sum=180");
}

#if TROUPE_EXCEPTIONS
Generator<int> yields_a_loss() { co_yield std::unexpected(ActorFail(Why::dropped)); }

// Whatever may be awaited, each of which is lost.
struct Losing {
  explicit Losing(Core& core) : items(stream_pipe<int>(core)), answer(push_pipe<int>(core)) {
    if (full) (void)full->try_push(1);
    guard = mutex->try_lock();
  }
  void lose() {
    guard = {};
    event.reset();
    mutex.reset();
    semaphore.reset();
    empty.reset();
    full.reset();
    const auto fwd = std::move(items.fwd);
    const auto ret = std::move(answer.ret);
  }
  std::optional<Event> event{std::in_place};
  std::optional<Mutex> mutex{std::in_place};
  std::optional<Semaphore> semaphore{std::in_place, 0u};
  std::optional<Queue<int>> empty{std::in_place, 1u}, full{std::in_place, 1u};
  MutexGuard guard;
  StreamPipe<int> items;
  PushPipe<int> answer;
  Generator<int> generator = yields_a_loss();
};
constexpr int sources = 12;
template <int N> auto source(Losing& of) {
  if constexpr (N == 0)
    return of.event->wait();
  else if constexpr (N == 1)
    return of.mutex->lock();
  else if constexpr (N == 2)
    return of.semaphore->acquire();
  else if constexpr (N == 3)
    return of.empty->pop();
  else if constexpr (N == 4)
    return of.empty->next();
  else if constexpr (N == 5)
    return of.full->push(2);
  else if constexpr (N == 6)
    return of.items.stream.next();
  else if constexpr (N == 7)
    return of.generator.next();
  else if constexpr (N == 8)
    return std::move(of.answer.value);
  else if constexpr (N == 9)
    return pull<int>([](Core&, Ret<int>) {});
  else if constexpr (N == 10)
    return timeout(1s, sleep(2s));
  else
    return all(of.event->wait(), sleep(2s));
}
template <int N> Task<int> awaits_value(Borrowed<Losing> of) {
  (void)co_await value_of(source<N>(*of));
  co_return N;
}
template <int N> troupe_test::Alien<int> awaits_it_there(Losing& of) {
  (void)co_await source<N>(of);
  co_return N;
}
template <int N> Task<int> awaits_one_there(Borrowed<Losing> of) {
  auto there = awaits_it_there<N>(*of);
  co_return co_await there;
}
template <template <int> class F, int... N> void each_source(std::integer_sequence<int, N...>) {
  (F<N>::run(), ...);
}
std::string heard_of(Task<int> (*fn)(Borrowed<Losing>)) {
  Runtime rt;
  rt.set_logger({}, {});
  std::optional<Losing> of(std::in_place, rt);
  spawn(rt, fn, tell_int(""), unsafe_borrow(*of));
  rt.run();
  of->lose();
  run_virtual(rt);
  return told();
}
template <int N> struct UnderValue {
  static void run() { EXPECT_EQ(heard_of(awaits_value<N>), "!failed") << N; }
};
template <int N> struct There {
  static void run() {
    EXPECT_EQ(heard_of(awaits_one_there<N>), N == 10 ? "!timed out" : "!dropped") << N;
  }
};
using Sources = std::make_integer_sequence<int, sources>;

TEST_F(InModeTest, UnderValueALossThatNobodyCatchesIsAFailureOfTheTask) {
  each_source<UnderValue>(Sources());
}
TEST_F(InModeTest, ALossInACoroutineOfAForeignTypeEndsTheTaskThatAwaitsItWithTheSameReason) {
  each_source<There>(Sources());
}
#endif

}  // namespace mode_test
}  // namespace troupe
