// core/make_actor_test.cpp: starts: at once, prepared, refused, failing; and those who watch the
// end.
#include <troupe/core/make_actor.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace make_actor_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

using MakeActorTest = troupe_test::RecordedTest;

struct Made {
  explicit Made(int v) { say("int", v); }
  Made(Cx<Made>& cx, const std::string& how, std::unique_ptr<int> owned) {
    say(how, *owned);
    if (how == "stop") cx.stop();
    if (how == "fail") cx.fail("in constructor");
    if (how == "throw") TROUPE_THROW(std::runtime_error("thrown in constructor"));
    if (how == "stop and throw") {
      cx.stop();
      TROUPE_THROW(std::runtime_error("thrown behind stop"));
    }
    if (how == "self") call<&Made::work>(cx, 9);
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  ~Made() { say("~"); }
  void work(int v) { say("work", v); }
  void take(Ret<int> ret) { ret(1); }
};

// ---- a start that finds no room in the queue
void fill(Runtime& rt) {
  rt.set_max_queued(1);
  for (int i = 0; i < 100'000; ++i) defer(rt, [] {});
}

struct Started {
  explicit Started(int v) : value(v) { say("start", v); }
  Started(const Started&) = delete;
  ~Started() { say("~", value); }
  static void prepare(Prep<Started>& prep, int v, const Ret<int>&) {
    say("prep");
    if (v > 0) prep.ready(v);
  }
  int get() const { return value; }
  int value;
};

TEST_F(MakeActorTest, ARefusedInitLeavesAnActorThatRunsAlone) {
  Runtime rt;
  auto own = make_actor_new<Started>(rt, tell_end("end"));
  init(own, 1);
  rt.run();
  fill(rt);
  init(own, 2);
  EXPECT_FALSE(own.is_zombie());
  rt.run();
  EXPECT_EQ(query<&Started::get>(rt, own), 1);
  EXPECT_EQ(told(), "start1");
}

TEST_F(MakeActorTest, ARefusedInitLeavesAnActorThatIsStartedOtherwise) {
  Runtime rt;
  auto own = make_actor_new<Started>(rt, tell_end("end"));
  auto prepared = make_actor_prep<&Started::prepare>(rt, tell_end("end"), 2, ret_nop);
  auto made = make_actor<Started>(rt, tell_end("end"), 3);
  init(own, 1);
  fill(rt);
  for (const auto* actor : {&own, &prepared, &made}) init(*actor, 9);
  rt.run();
  for (const auto* actor : {&own, &prepared, &made}) EXPECT_FALSE(actor->is_zombie());
  EXPECT_EQ(told(), "prep start2 start3 start1");
}

TEST_F(MakeActorTest, ARefusedInitOfAnActorThatNobodyStartsFailsIt) {
  Runtime rt;
  auto own = make_actor_new<Started>(rt, tell_end("end"));
  call(own, [](Started&, Ret<int>) { say("never"); }, tell_int("held"));
  fill(rt);
  init(own, 1);
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_TRUE(own.is_zombie());
  EXPECT_EQ(told(), "held!failed end:failed(overloaded)");
}

TEST_F(MakeActorTest, APreparationThatFindsNoRoomFailsTheActor) {
  Runtime rt;
  fill(rt);
  auto own = make_actor_prep<&Started::prepare>(rt, tell_end("end"), 1, tell_int("ret"));
  EXPECT_TRUE(own.is_zombie());
  EXPECT_EQ(told(), "ret!overloaded end:failed(overloaded)");
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(MakeActorTest, APreparationTakesAnArgumentThatHasAName) {
  Runtime rt;
  const int value = 2;
  int other = 3;
  auto a = make_actor_prep<&Started::prepare>(rt, ret_nop, value, ret_nop);
  auto b = make_actor_prep<&Started::prepare>(rt, ret_nop, other, ret_nop);
  other = 4;
  rt.run();
  EXPECT_EQ(query<&Started::get>(rt, b), 3);
  EXPECT_EQ(told(), "prep start2 prep start3");
}

TEST_F(MakeActorTest, TakesArgumentsWithAndWithoutContext) {
  Runtime rt;
  auto a = make_actor<Made>(rt, ret_nop, 1);
  auto b = make_actor<Made>(rt.core(), ret_nop, std::string("cx"), std::make_unique<int>(2));
  rt.run();
  EXPECT_EQ(told(), "int1 cx2");
}

std::string made(const char* how) {
  Runtime rt;
  auto own = make_actor<Made>(rt, tell_end("end"), std::string(how), std::make_unique<int>(1));
  call<&Made::work>(own, 1);
  call<&Made::take>(own, tell_int("ret"));
  rt.run();
  std::string words = told();
  own = {};
  rt.run();
  told();
  return words;
}

TEST_F(MakeActorTest, AConstructorMayStopFailOrCallItself) {
  EXPECT_EQ(made("stop"), "stop1 ~ end:stopped ret!lost");
  EXPECT_EQ(made("fail"), "fail1 ~ end:failed(in constructor) ret!lost");
  EXPECT_EQ(made("self"), "self1 work1 ret=1 work9");
}

std::string made_later(const char* how) {
  Runtime rt;
  auto own = make_actor_new<Made>(rt, tell_end("end"));
  call<&Made::work>(own, 1);
  call<&Made::take>(own, tell_int("ret"));
  rt.run();
  init(own, std::string(how), std::make_unique<int>(1));
  rt.run();
  std::string words = told();
  own = {};
  rt.run();
  told();
  return words;
}

TEST_F(MakeActorTest, WhatWasHeldHearsOfTheConstructor) {
  EXPECT_EQ(made_later("stop"), "stop1 ~ end:stopped ret!lost");
  EXPECT_EQ(made_later("self"), "self1 work1 ret=1 work9");
}

#if TROUPE_EXCEPTIONS
TEST_F(MakeActorTest, AConstructorMayThrow) {
  EXPECT_EQ(made("throw"), "throw1 end:failed(thrown in constructor) ret!lost");
  EXPECT_EQ(made("stop and throw"), "stop and throw1 end:stopped ret!lost");
  EXPECT_EQ(made_later("throw"), "throw1 ret!failed end:failed(thrown in constructor)");
}
#endif

struct Pair {
  explicit Pair(Actor<Pair> o) : other(std::move(o)) { say("pair", other.id() > 0); }
  Actor<Pair> other;
};

TEST_F(MakeActorTest, ActorsThatKnowEachOtherStartLater) {
  Runtime rt;
  auto a = make_actor_new<Pair>(rt, ret_nop), b = make_actor_new<Pair>(rt, ret_nop);
  rt.run();
  init(a, b.actor());
  init(b, a.actor());
  init(b, a.actor());  // dropped: it has been started
  rt.run();
  EXPECT_EQ(told(), "pair1 pair1");
}

struct Prepared {
  explicit Prepared(Cx<Prepared>& cx, int v) : value(v) {
    say("+", v);
    if (v == 13) TROUPE_THROW(std::runtime_error("thirteen"));
    if (v == 14) cx.stop();
  }
  ~Prepared() { say("~"); }
  static void ready_then_throw(Prep<Prepared>& prep) {
    prep.ready(1);
    TROUPE_THROW(std::runtime_error("behind ready"));
  }
  static void throw_in_ready(Prep<Prepared>& prep) { prep.ready(13); }
  static void catch_and_retry(Prep<Prepared>& prep) {
    TROUPE_TRY { prep.ready(13); }
    TROUPE_CATCH_ALL { say("caught"); }
    prep.ready(2);
    prep.ready(3);  // ignored
  }
  static void stop_in_constructor(Prep<Prepared>& prep) { prep.ready(14); }
  static void fail(Prep<Prepared>& prep) { prep.fail("not today"); }
  static void wait(Prep<Prepared>&) { say("wait"); }
  void work(int v) { say("work", v + value); }
  void take(Ret<int> ret) { ret(value); }
  int value;
};

template <auto M> std::string prepared(Runtime& rt) {
  auto own = make_actor_new<Prepared>(rt, tell_end("end"));
  call<&Prepared::work>(own, 10);
  call<&Prepared::take>(own, tell_int("ret"));
  rt.run();
  call<M>(own);
  rt.run();
  own = {};
  rt.run();
  return told();
}

TEST_F(MakeActorTest, PreparingHandlersMayFailInEveryWayWithCallsHeld) {
  Runtime rt;
  EXPECT_EQ(prepared<&Prepared::stop_in_constructor>(rt), "+14 ~ end:stopped ret!lost");
  EXPECT_EQ(prepared<&Prepared::fail>(rt), "ret!failed end:failed(not today)");
  EXPECT_EQ(prepared<&Prepared::wait>(rt), "wait ret!lost end:dropped");
}

#if TROUPE_EXCEPTIONS
TEST_F(MakeActorTest, PreparingHandlersMayThrowWithCallsHeld) {
  Runtime rt;
  EXPECT_EQ(prepared<&Prepared::ready_then_throw>(rt), "+1 ret!failed ~ end:failed(behind ready)");
  EXPECT_EQ(prepared<&Prepared::throw_in_ready>(rt), "+13 ret!failed end:failed(thirteen)");
  EXPECT_EQ(prepared<&Prepared::catch_and_retry>(rt), "+13 caught +2 work12 ret=2 ~ end:dropped");
}

TEST_F(MakeActorTest, ALazyOrTimedPreparingHandlerThatThrowsHarmsNoOther) {
  Runtime rt;
  auto a = make_actor_new<Prepared>(rt, tell_end("a")),
       b = make_actor_new<Prepared>(rt, tell_end("b"));
  call<&Prepared::work>(a, 1);
  call<&Prepared::work>(b, 1);
  rt.run();
  lazy<&Prepared::ready_then_throw>(a);
  after<&Prepared::catch_and_retry>(b, 1s);
  rt.run();
  rt.run(Instant(1s));
  EXPECT_EQ(told(), "+1 ~ a:failed(behind ready) +13 caught +2 work3");
}
#endif

TEST_F(MakeActorTest, WatchersHearBehindTheOwnerInTheirOrder) {
  Runtime rt;
  auto own = make_actor<Made>(rt, tell_end("owner"), 1);
  watch(own, tell_end("one"));
  watch(own.actor(), tell_end("two"));
  watch(own, ret_nop);
  auto unowned = make_actor<Made>(rt, ret_nop, 2);
  watch(unowned, tell_end("three"));
  rt.run();
  told();
  own.kill("why");
  rt.run();
  EXPECT_EQ(told(), "~ owner:killed(why) one:killed(why) two:killed(why)");
  watch(own, tell_end("late"));
  EXPECT_EQ(told(), "late:lost") << "at once";
  watch(Actor<Made>(), tell_end("nobody"));
  EXPECT_EQ(told(), "nobody:lost");
  unowned = {};
  rt.run();
  EXPECT_EQ(told(), "~ three:dropped");
}

struct alignas(16) Wide {
  explicit Wide(int v) : value(v) {
    say("aligned", reinterpret_cast<std::uintptr_t>(this) % 16 == 0);
  }
  int value;
  std::byte room[1000];
};
struct Empty {
  void work() { say("empty"); }
};
struct Huge {
  std::byte room[100'000];
  void fill(int v) { room[sizeof(room) - 1] = static_cast<std::byte>(v); }
};

TEST_F(MakeActorTest, StatesOfAllSizesFit) {
  Runtime rt;
  auto wide = make_actor<Wide>(rt, ret_nop, 1), second = make_actor<Wide>(rt, ret_nop, 2);
  auto empty = make_actor<Empty>(rt, ret_nop);
  auto huge = make_actor<Huge>(rt, ret_nop);
  call<&Empty::work>(empty);
  call<&Huge::fill>(huge, 1);
  rt.run();
  EXPECT_EQ(told(), "aligned1 aligned1 empty");
  EXPECT_EQ(empty.id(), 3u);
  EXPECT_EQ(huge.id(), 4u);
}

static_assert(detail::box_size<std::uint64_t[2]> == 32 + 16 + detail::ids_size,
              "header, state, ids");

#if TROUPE_EXCEPTIONS
// What a Ret heard, noted without memory.
std::optional<Why> heard;
template <class T> Ret<T> note() {
  heard.reset();
  return ret_do([](const Reply<T>& reply) {
    if (!reply) heard = reply.error().why();
  });
}

TEST_F(MakeActorTest, WhereMemoryLacksTheNoticeSaysSo) {
  int refused = 0;
  for (int n = 0; n < 20; ++n) {
    Runtime rt;
    ActorOwn<Made> own;
    auto notice = note<StopCause>();
    try {
      const troupe_test::FailAllocation none(n, true);
      own = make_actor<Made>(rt, std::move(notice), 1);
    } catch (const std::bad_alloc&) {
      ++refused;
      EXPECT_EQ(heard, Why::no_memory);
    }
    if (own && !own.is_zombie()) {
      EXPECT_GE(refused, 1);
      return;
    }
  }
  FAIL() << "never made";
}

TEST_F(MakeActorTest, WhereMemoryLacksForABodyWhatItWasToHoldHearsSo) {
  auto inner = note<int>();
  try {
    const troupe_test::FailAllocation none(0, true);
    (void)ret_do([](Ret<int>, int, const Reply<int>&) {}, std::move(inner), 1);
    FAIL() << "there was memory";
  } catch (const std::bad_alloc&) {}
  EXPECT_EQ(heard, Why::no_memory);
}
#endif

}  // namespace make_actor_test
}  // namespace troupe
