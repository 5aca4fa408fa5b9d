// task/foreign_end_test.cpp: coroutines of foreign types that wait only for something of ours, as
// the runtime ends: none of ours will bring it, so it is lost at once, and the parked tasks behind
// them go.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/lazy.hpp"
#include "support/recorder.hpp"

#if TROUPE_EXCEPTIONS

namespace troupe {
namespace foreign_end_test {

using namespace std::chrono_literals;
using troupe_test::Lazy;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

// Objects that live on behind the runtime: none of them gives what is asked of it.
struct World {
  explicit World(Runtime& rt) : scope(rt) {
    here = this;
    EXPECT_TRUE(full.try_push(1));
    auto pipe = stream_pipe<int>(rt.core(), fwd_nop, 4);
    fwd = std::move(pipe.fwd);
    stream.emplace(std::move(pipe.stream));
  }
  Value<int> answer() {  // which the host owes
    auto pipe = push_pipe<int>(*Core::current());
    ret = std::move(pipe.ret);
    return std::move(pipe.value);
  }
  static inline World* here = nullptr;
  Event event, other;
  Mutex mutex;
  MutexGuard locked = mutex.try_lock();
  Semaphore semaphore{0};
  Queue<int> empty{1}, full{1};
  Ret<int> ret{nullptr};
  Fwd<std::optional<int>> fwd{fwd_nop};
  std::optional<PipeStream<int>> stream;
  Scope scope;
};
World& world() { return *World::here; }

// What was awaited came as a value, or it did not.
void say_reply(const ActorFail& why) { say("reply:", to_string(why.why())); }
template <class T> void say_reply(const std::expected<T, ActorFail>& reply) {
  reply ? say("came") : say_reply(reply.error());
}
template <class T> void say_reply(const std::optional<std::expected<T, ActorFail>>& item) {
  item ? say_reply(*item) : say("end");
}

enum class How : std::uint8_t { drop, value, reply };
template <class Make> Lazy waits_for(Make make, How how) {
  const SaysBye local("~foreign");
  try {
    if (how == How::reply) {
      const auto got = co_await make(world()).reply();
      say_reply(got);
      co_return;
    }
    if (how == How::value)
      (void)co_await make(world()).value();
    else
      (void)co_await make(world());
    say("came");
  } catch (const ActorFailed& failed) {
    say(to_string(failed.fail().why()));
    throw;
  }
}
template <class Make> Task<int> awaits(Make make, How how) {
  const SaysBye local("~local");
  co_await waits_for(make, how);
  co_return 1;
}

// What is said while the runtime ends, with a task of ours parked behind a coroutine that waits so;
// and whether nothing was left behind.
template <class Make>
std::string told_at_the_end(Make make, How how, bool cancelled, void (*before)(World&) = nullptr) {
  std::optional<World> objects;
  testing::internal::CaptureStderr();
  {
    Runtime rt;
    rt.set_end_wait(3s);
    objects.emplace(rt);
    const TaskRef ref = spawn(rt, awaits<Make>, tell_int("end"), make, how);
    rt.run();
    if (cancelled) ref.cancel();
    if (before) before(*objects);
  }
  const std::string reported = testing::internal::GetCapturedStderr();
  EXPECT_EQ(reported.find("leaked"), reported.npos) << reported;
  std::string all = told();
  objects.reset();
  EXPECT_EQ(told(), "");
  return all;
}

using ForeignEnd = troupe_test::RecordedTest;
template <class Make> void expect_lost(const char* what, Make make) {
  for (const bool cancelled : {true, false})
    for (const How how : {How::drop, How::value, How::reply}) {
      std::string expected = cancelled ? "end!cancelled" : "end!runtime ended";
      expected += how == How::reply ? " reply:runtime ended" : " runtime ended";
      EXPECT_EQ(told_at_the_end(make, how, cancelled), expected + " ~foreign ~local")
          << what << int(how) << cancelled;
    }
}

TEST_F(ForeignEnd, WhatAnObjectDoesNotGiveIsLostAtOnce) {
  expect_lost("event", [](World& w) { return w.event.wait(); });
  expect_lost("mutex", [](World& w) { return w.mutex.lock(); });
  expect_lost("semaphore", [](World& w) { return w.semaphore.acquire(2); });
  expect_lost("pop", [](World& w) { return w.empty.pop(); });
  expect_lost("next", [](World& w) { return w.empty.next(); });
  expect_lost("push", [](World& w) { return w.full.push(2); });
}

TEST_F(ForeignEnd, SoIsAnAnswerThatTheHostOwes) {
  expect_lost("value", [](World& w) { return w.answer(); });
  expect_lost("pull", [](World&) {
    return pull_pipe<int>(ret_some_do([](Ret<int> ret) { world().ret = std::move(ret); }));
  });
}

TEST_F(ForeignEnd, SoIsTheNextItemOfAStream) {
  expect_lost("stream", [](World& w) { return w.stream->next(); });
}

TEST_F(ForeignEnd, SoIsWhatIsBehindALimitOrAGroup) {
  expect_lost("timeout", [](World& w) { return timeout(1h, w.event.wait()); });
  expect_lost("timeout of a stream", [](World& w) { return timeout(1h, w.stream->next()); });
  expect_lost("timeout of an answer", [](World& w) { return timeout(1h, w.answer()); });
  expect_lost("all", [](World& w) { return all(w.event.wait(), w.mutex.lock()); });
  expect_lost("race", [](World& w) { return race(w.event.wait(), w.mutex.lock()); });
}

// What was given and not yet taken is taken.
TEST_F(ForeignEnd, WhatHasComeIsNotLost) {
  const auto expect_came = [](auto make, void (*give)(World&)) {
    for (const bool cancelled : {true, false})
      for (const How how : {How::drop, How::value, How::reply}) {
        const std::string expected = cancelled ? "end!cancelled" : "end!runtime ended";
        EXPECT_EQ(told_at_the_end(make, how, cancelled, give), expected + " came ~foreign ~local");
      }
  };
  expect_came([](World& w) { return w.event.wait(); }, [](World& w) { w.event.set(); });
  expect_came([](World& w) { return w.mutex.lock(); }, [](World& w) { w.locked = {}; });
  expect_came([](World& w) { return w.empty.pop(); },
              [](World& w) { EXPECT_TRUE(w.empty.try_push(3)); });
  expect_came([](World& w) { return w.answer(); }, [](World& w) { w.ret(3); });
  expect_came([](World& w) { return w.stream->next(); }, [](World& w) { w.fwd(3); });
}

// One coroutine gives what the next one waits for.
Lazy gives_at_the_end() {
  const auto got = co_await world().event.wait().reply();
  say(got ? "set" : "not set");
  world().other.set();
}
Lazy waits_three_times() {
  for (int i = 0; i < 3; ++i) {
    const auto got = co_await world().event.wait().reply();
    say_reply(got);
    const auto item = co_await world().stream->next().reply();
    say_reply(item);
  }
}
Task<int> awaits_lazy(Lazy (*make)()) {
  co_await make();
  co_return 1;
}

TEST_F(ForeignEnd, WhatAnotherCoroutineGivesAtTheEndIsNotLost) {
  std::optional<World> objects;
  {
    Runtime rt;
    rt.set_end_wait(3s);
    objects.emplace(rt);
    const auto other = [](World& w) { return w.other.wait(); };
    spawn(rt, awaits<decltype(other)>, tell_int("second"), other, How::drop);
    spawn(rt, awaits_lazy, tell_int("first"), gives_at_the_end);
    rt.run();
    objects->event.set();
  }
  EXPECT_EQ(told(), "first!runtime ended second!runtime ended set came ~foreign ~local");
}

TEST_F(ForeignEnd, OneThatWaitsAgainIsToldAgain) {
  std::optional<World> objects;
  {
    Runtime rt;
    rt.set_end_wait(3s);
    objects.emplace(rt);
    spawn(rt, awaits_lazy, tell_int("end"), waits_three_times);
    rt.run();
  }
  std::string six;
  for (int i = 0; i < 6; ++i) six += " reply:runtime ended";
  EXPECT_EQ(told(), "end!runtime ended" + six);
}

// A child of a scope, and a generator, that are parked behind such coroutines: who waits for them
// is told, too.
Lazy waits_for_event() {
  const auto got = co_await world().event.wait().reply();
  EXPECT_FALSE(got);
}
Generator<int> parked_generator() {
  co_await waits_for_event();
  co_yield 1;
}

TEST_F(ForeignEnd, AScopeWhoseChildIsParkedEnds) {
  expect_lost("join", [](World& w) {
    if (w.scope.size() == 0) w.scope.spawn([]() -> Task<> { co_await waits_for_event(); });
    return w.scope.join();
  });
}

TEST_F(ForeignEnd, AGeneratorThatIsParkedEnds) {
  std::optional<World> objects;
  std::optional<Generator<int>> generator;
  {
    Runtime rt;
    rt.set_end_wait(3s);
    objects.emplace(rt);
    generator.emplace(parked_generator());
    static Generator<int>* at;
    at = &*generator;
    spawn(
        rt, awaits_lazy, tell_int("end"), +[]() -> Lazy {
          const auto item = co_await at->next().reply();
          say_reply(item);
        });
    rt.run();
  }
  EXPECT_EQ(told(), "end!runtime ended reply:runtime ended");
}

}  // namespace foreign_end_test
}  // namespace troupe

#endif
