// task/park_test.cpp: tasks that foreign code does not let go of: what their actor, its owner and
// the runtime do.
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace park_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

std::coroutine_handle<> held;  // by foreign code
struct Holds {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) { held = h; }
  void await_resume() { say("result"); }
};
struct Owner {
  Task<> wait(Cx<Owner>&) {
    const SaysBye local("~local");
    co_await Holds();
    say("never");
  }
  ~Owner() { say("~owner"); }
};
Ret<StopCause> tell_parked() {
  return ret_some_do([](StopCause cause) { say(troupe_test::word(cause.kind()), cause.parked()); });
}

struct ParkTest : troupe_test::RecordedTest {
  void TearDown() override { held = {}; }
};

TEST_F(ParkTest, TheNoticeWaitsForParkedTasks) {
  Runtime rt;
  auto owner = make_actor<Owner>(rt, tell_parked());
  call<&Owner::wait>(owner);
  rt.run();
  owner.kill("enough");
  rt.run();
  EXPECT_TRUE(owner.is_zombie());
  EXPECT_EQ(told(), "");
  rt.run(rt.now() + 4999ms);
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result ~local ~owner killed0");
  EXPECT_EQ(rt.live_timers(), 0u);
}

TEST_F(ParkTest, ARuntimeThatEndsTakesWhatWasLetGoJustBefore) {
  {
    Runtime rt;
    auto owner = make_actor<Owner>(rt, tell_parked());
    call<&Owner::wait>(owner);
    rt.run();
    owner.kill("enough");
    rt.run();
    held.resume();  // its wake is still queued
  }
  EXPECT_EQ(told(), "result ~local ~owner killed0");
}

TEST_F(ParkTest, ButOnlySoLong) {
  Runtime rt;
  auto owner = make_actor<Owner>(rt, tell_parked());
  call<&Owner::wait>(owner);
  rt.run();
  owner.kill("enough");
  run_virtual(rt);
  EXPECT_EQ(rt.now(), Instant{} + 5s);
  EXPECT_EQ(told(), "killed1") << "its state stays until they are done";
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result ~local ~owner");
}

TEST_F(ParkTest, TheLimitCanBeSet) {
  Runtime rt;
  rt.set_park_limit(10ms);
  auto owner = make_actor<Owner>(rt, tell_parked());
  call<&Owner::wait>(owner);
  rt.run();
  owner.kill("enough");
  run_virtual(rt);
  EXPECT_EQ(rt.now(), Instant{} + 10ms);
  EXPECT_EQ(told(), "killed1");
  held.destroy();
  EXPECT_EQ(told(), "~local ~owner") << "at once";
}

TEST_F(ParkTest, WithoutANoticeThereIsNoTimer) {
  Runtime rt;
  auto owner = make_actor<Owner>(rt, ret_nop);
  call<&Owner::wait>(owner);
  rt.run();
  owner.kill("enough");
  rt.run();
  EXPECT_EQ(rt.live_timers(), 0u);
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result ~local ~owner");
}

// ---- how such an end is reported

struct Fails {
  Task<> wait(Cx<Fails>& cx) {
    cx.set_name("name");
    co_await Holds();
  }
  void fail(Cx<Fails>& cx) { cx.fail("broken"); }
  ~Fails() { say("~fails"); }
};
struct ParkReportTest : ParkTest {
  Runtime rt;
  ActorOwn<Fails> own;
  void begin(Ret<StopCause> notify) {
    rt.set_failure_hook([](Core&, const FailureReport& r) {
      say("hook:", r.name);
      say(r.error.text());
    });
    rt.set_logger(LogFilter::all({LogLevel::error, LogLevel::close}),
                  [](Core&, const LogRecord& r) {
                    if (r.level != LogLevel::open)
                      say(r.level == LogLevel::error ? "error:" : "close:", r.text);
                  });
    own = make_actor<Fails>(rt, std::move(notify));
    call<&Fails::wait>(own);
    call<&Fails::fail>(own);
    rt.run();
  }
};

TEST_F(ParkReportTest, TheFailureAtOnceAndTheEndOfItsStateWithTheSameCause) {
  begin(troupe_test::tell_end("owner"));
  EXPECT_EQ(told(), "error:broken hook:name broken");
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result ~fails close:broken owner:failed(broken)");
}

TEST_F(ParkReportTest, AlsoWhereNobodyAskedToHear) {
  begin(ret_nop);
  EXPECT_EQ(told(), "error:broken hook:name broken");
  EXPECT_EQ(rt.live_timers(), 0u);
  held.destroy();
  rt.run();
  EXPECT_EQ(told(), "~fails close:broken");
}

TEST_F(ParkReportTest, AlsoBehindTheLimit) {
  begin(tell_parked());
  run_virtual(rt);
  EXPECT_EQ(told(), "error:broken hook:name broken failed1");
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result ~fails close:broken") << "and its owner hears once";
}

TEST_F(ParkReportTest, WhoWatchesThenIsToldThatItIsLost) {
  begin(troupe_test::tell_end("owner"));
  told();
  EXPECT_TRUE(own.is_zombie());
  EXPECT_FALSE(unwatch(own, watch(own, troupe_test::tell_end("late"))));
  EXPECT_EQ(told(), "late:lost") << "at once, though its owner has not heard yet";
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result ~fails close:broken owner:failed(broken)");
}

TEST_F(ParkReportTest, WhoWatchedBeforeHearsWithTheOwner) {
  own = make_actor<Fails>(rt, troupe_test::tell_end("owner"));
  watch(own, troupe_test::tell_end("watcher"));
  call<&Fails::wait>(own);
  rt.run();
  own.kill("enough");
  run_virtual(rt);
  EXPECT_EQ(told(), "owner:killed(enough) watcher:killed(enough)");
  held.destroy();
  EXPECT_EQ(told(), "~fails");
}

TEST_F(ParkReportTest, AWatchCanBeTakenBackUntilItIsTold) {
  own = make_actor<Fails>(rt, troupe_test::tell_end("owner"));
  const WatchKey first = watch(own, troupe_test::tell_end("first")),
                 second = watch(own, troupe_test::tell_end("second"));
  call<&Fails::wait>(own);
  rt.run();
  own.kill("enough");
  rt.run();
  EXPECT_TRUE(own.is_zombie());
  EXPECT_EQ(told(), "") << "they wait, with the owner, for what foreign code holds";
  EXPECT_TRUE(unwatch(own, first));
  EXPECT_FALSE(unwatch(own, first));
  EXPECT_EQ(told(), "first!cancelled");
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result ~fails owner:killed(enough) second:killed(enough)");
  EXPECT_FALSE(unwatch(own, second));
}

TEST_F(ParkReportTest, AfterTheLimitNobodyIsLeftToTakeBack) {
  own = make_actor<Fails>(rt, ret_nop);
  const WatchKey key = watch(own, tell_parked());
  call<&Fails::wait>(own);
  rt.run();
  own.kill("enough");
  run_virtual(rt);
  EXPECT_EQ(told(), "killed1");
  EXPECT_FALSE(unwatch(own, key));
  EXPECT_FALSE(unwatch(own, watch(own, troupe_test::tell_end("late"))));
  EXPECT_EQ(told(), "late:lost") << "its state still lives, but it has ended";
  held.destroy();
  EXPECT_EQ(told(), "~fails");
}

TEST_F(ParkTest, ARuntimeThatEndsAnswersAndLeavesThem) {
  testing::internal::CaptureStderr();
  {
    Runtime rt;
    rt.set_end_wait(0ms);
    auto owner = make_actor<Owner>(rt, tell_parked());
    call<&Owner::wait>(owner);
    spawn(
        rt,
        []() -> Task<int> {
          std::coroutine_handle<> other = std::exchange(held, {});
          co_await Holds();
          held = other;
          co_return 1;
        },
        tell_int("task"));
    rt.run();
  }
  const std::string words = testing::internal::GetCapturedStderr();
  EXPECT_EQ(told(), "task!runtime ended dropped1") << "each Ret is answered";
  EXPECT_NE(words.find("foreign code never let go"), std::string::npos) << words;
  EXPECT_NE(words.find("park_test.cpp:"), std::string::npos) << words;
  held.resume();  // too late, and harmless
  EXPECT_EQ(told(), "");
}

TEST_F(ParkTest, ResumedFromAnotherThreadAfterTheRuntimeHasGone) {
  int wakes = 0;
  testing::internal::CaptureStderr();
  {
    Runtime rt;
    rt.set_poll_waker([&] { ++wakes; });
    rt.set_end_wait(0ms);
    spawn(
        rt,
        []() -> Task<int> {
          const SaysBye local("~local");
          co_await Holds();
          co_return 1;
        },
        tell_int("task"));
    rt.run();
    wakes = 0;
  }
  EXPECT_NE(testing::internal::GetCapturedStderr().find("foreign code never let go"),
            std::string::npos);
  EXPECT_EQ(told(), "task!runtime ended");
  const std::uint64_t misuses = foreign_misuses();
  std::string there;
  std::thread([&there] {
    held.resume();  // too late, and harmless
    held.destroy();
    there = told();
  }).join();
  EXPECT_EQ(there, "");
  EXPECT_EQ(told(), "");
  EXPECT_EQ(wakes, 0) << "the host may have gone, too";
  EXPECT_EQ(foreign_misuses(), misuses + 1) << "of the two, one came too often";
}

Task<> holds() { co_await Holds(); }

TEST_F(ParkTest, WhereverTheFrameOfSuchATaskLies) {
  testing::internal::CaptureStderr();
  {
    Runtime rt;
    rt.set_end_wait(0ms);
    Task<> made_outside_of_a_run = holds();
    spawn(rt, std::move(made_outside_of_a_run));
    rt.run();
  }
  held.resume();
  Runtime one;
  std::optional<Runtime> two;
  two.emplace();
  two->set_end_wait(0ms);
  defer(one, [](Runtime* other) { spawn(*other, holds()); }, unsafe_borrow(&*two));
  one.run();
  two->run();
  two.reset();
  held.resume();
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(told(), "") << "too late, and harmless";
}

TEST_F(ParkTest, ARuntimeThatEndsWaitsForOtherThreads) {
  std::thread other;
  {
    Runtime rt;
    rt.set_poll_waker([] {});
    spawn(
        rt,
        []() -> Task<int> {
          const SaysBye local("~local");
          co_await Holds();
          co_return 1;
        },
        tell_int("task"));
    rt.run();
    rt.set_end_wait(60s);
    other = std::thread([] { held.resume(); });
  }
  other.join();
  const std::string words = told();
  EXPECT_TRUE(words == "task!runtime ended result ~local" ||
              words == "result ~local task!runtime ended")
      << words;
}

// ---- a task that was dropped earlier, and then its actor ends
struct Reader {
  const std::string* text;
  ~Reader() { say(*text); }  // a use after free where the state has gone
};
struct Early {
  std::string text = "a text that is too long for its object";
  TaskRef task;
  ~Early() { say("~early"); }
  Task<> waits(Cx<Early>&) {
    const Reader reader{&text};
    co_await Holds();
  }
  void begins(Cx<Early>& cx) { task = spawn(cx, waits(cx), ret_nop); }
  void cancels() { task.cancel(); }
  Task<> begins_with_a_limit(Cx<Early>& cx) { (void)co_await timeout(1s, waits(cx)).reply(); }
  Task<> naps(Cx<Early>&) { co_await sleep(1h); }
  void stops(Cx<Early>& cx) { cx.stop(); }
  void fails(Cx<Early>& cx) { cx.fail("over"); }
  void stops_after_tasks(Cx<Early>& cx) { cx.stop_after_tasks(); }
#if TROUPE_EXCEPTIONS
  void throws() { throw std::runtime_error("over"); }
#endif
};
enum class Before { cancelled, timed_out, cancelled_beside_another };
enum class End { stop, fail, thrown, kill, owner, after_tasks };
constexpr Before befores[] = {Before::cancelled, Before::timed_out,
                              Before::cancelled_beside_another};
constexpr End ends[] = {End::stop, End::fail, End::thrown, End::kill, End::owner, End::after_tasks};

ActorOwn<Early> with_a_parked_task(Runtime& rt, Before before, bool heard) {
  ActorOwn<Early> a = heard ? make_actor<Early>(rt, tell_parked()) : make_actor<Early>(rt, ret_nop);
  if (before == Before::timed_out) {
    call<&Early::begins_with_a_limit>(a);
    rt.run();
    rt.run(rt.now() + 1s);
  } else {
    call<&Early::begins>(a);
    rt.run();
    call<&Early::cancels>(a);
    if (before == Before::cancelled_beside_another) call<&Early::naps>(a);
    rt.run();
  }
  return a;
}
void end_by(End end, ActorOwn<Early>& a, Before before) {
  switch (end) {
    case End::fail:
      return call<&Early::fails>(a);
    case End::thrown:
#if TROUPE_EXCEPTIONS
      return call<&Early::throws>(a);
#else
      return call<&Early::fails>(a);
#endif
    case End::kill:
      return a.kill("over");
    case End::owner:
      return void(ActorOwn<Early>(std::move(a)));
    case End::after_tasks:
      if (before != Before::cancelled_beside_another) return call<&Early::stops_after_tasks>(a);
      [[fallthrough]];
    case End::stop:
      return call<&Early::stops>(a);
  }
}
std::string_view word_of(End end) {
  switch (end) {
    case End::fail:
    case End::thrown:
      return "failed0";
    case End::kill:
      return "killed0";
    case End::owner:
      return "dropped0";
    case End::stop:
    case End::after_tasks:
      return "stopped0";
  }
  return {};
}

TEST_F(ParkTest, TheStateWaitsForATaskThatWasDroppedEarlier) {
  constexpr std::string_view text = "a text that is too long for its object ~early";
  for (const Before before : befores)
    for (const End end : ends)
      for (const bool heard : {true, false})
        for (const bool lost : {true, false}) {
          Runtime rt;
          auto a = with_a_parked_task(rt, before, heard);
          const Actor<Early> name = a.actor();
          const auto which = testing::Message()
                             << "before " << int(before) << ", end " << int(end) << heard << lost;
          end_by(end, a, before);
          rt.run();
          EXPECT_TRUE(name.is_zombie()) << which;
          EXPECT_EQ(told(), "") << which << ": the state lives";
          lost ? held.destroy() : held.resume();
          rt.run();
          EXPECT_EQ(told(), (lost ? "" : "result ") + std::string(text) + (heard ? " " : "") +
                                std::string(heard ? word_of(end) : ""))
              << which;
          EXPECT_EQ(rt.live_timers(), 0u) << which;
        }
}

TEST_F(ParkTest, SoItDoesWhenAnotherThreadLetsGo) {
  for (const Before before : befores)
    for (const End end : ends) {
      Runtime rt;
      rt.set_poll_waker([] {});
      auto a = with_a_parked_task(rt, before, true);
      end_by(end, a, before);
      rt.run();
      EXPECT_EQ(told(), "");
      std::thread([] { held.resume(); }).join();
      rt.run();
      EXPECT_EQ(told(), "result a text that is too long for its object ~early " +
                            std::string(word_of(end)));
    }
}

TEST_F(ParkTest, AtTheRuntimesEndToo) {
  for (const Before before : befores)
    for (const bool heard : {true, false}) {
      testing::internal::CaptureStderr();
      {
        Runtime rt;
        rt.set_end_wait(0ms);
        auto a = with_a_parked_task(rt, before, heard);
        if (heard) call<&Early::stops>(a);  // still queued, or the owner ends it
      }
      EXPECT_EQ(told(), heard ? "dropped1" : "") << "the state is left with its task";
      EXPECT_NE(testing::internal::GetCapturedStderr().find("foreign code never let go"),
                std::string::npos);
      held.resume();
      EXPECT_EQ(told(), "");
    }
}

TEST_F(ParkTest, OfSeveralDroppedTasksTheLastIsWaitedFor) {
  Runtime rt;
  auto a = make_actor<Early>(rt, tell_parked());
  call<&Early::begins>(a);
  rt.run();
  call<&Early::cancels>(a);
  rt.run();
  const auto first = std::exchange(held, {});
  call<&Early::begins>(a);
  rt.run();
  call<&Early::cancels>(a);
  rt.run();
  first.resume();
  rt.run();
  EXPECT_EQ(told(), "result a text that is too long for its object");
  call<&Early::stops>(a);
  rt.run();
  EXPECT_EQ(told(), "");
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result a text that is too long for its object ~early stopped0");
  // With none left an end is as before.
  auto b = with_a_parked_task(rt, Before::cancelled, true);
  held.resume();
  rt.run();
  told();
  call<&Early::stops>(b);
  rt.run();
  EXPECT_EQ(told(), "~early stopped0");
}

#if TROUPE_EXCEPTIONS
// ---- a coroutine of a foreign type that waits only for something of ours
class Lazy {
 public:
  struct promise_type {
    Lazy get_return_object() {
      return Lazy(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) const noexcept {
        return h.promise().next;
      }
      void await_resume() const noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept {}
    std::coroutine_handle<> next;
  };
  explicit Lazy(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Lazy(const Lazy&) = delete;
  ~Lazy() { handle_.destroy(); }
  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> next) {
    handle_.promise().next = next;
    return handle_;
  }
  void await_resume() const {}

 private:
  std::coroutine_handle<promise_type> handle_;
};
struct Silent {
  void ask_me(Ret<int> ret) { kept.push_back(std::move(ret)); }
  std::vector<Ret<int>> kept;
};
Task<int> sleeps() {
  co_await sleep(1h);
  co_return 1;
}
Lazy waits_for_ours(int what, Actor<Silent> silent) {
  const SaysBye local("~foreign");
  try {
    if (what == 0) co_await sleep(1h);
    if (what == 1) co_await ask<&Silent::ask_me>(silent);
    if (what == 2) co_await all(sleep(1h), sleeps());
    if (what == 3) co_await timeout(2h, sleep(1h));
    if (what == 4) co_await sleeps();
    if (what == 5) co_await race(sleep(1h), ask<&Silent::ask_me>(silent));
  } catch (const ActorFailed&) {
    say("lost");
    throw;
  }
}
Lazy tries_again(int what, Actor<Silent> silent) {
  for (int i = 0; i < 3; ++i) {
    try {
      if (what == 0)
        co_await sleep(1h);
      else
        co_await ask<&Silent::ask_me>(silent);
    } catch (const ActorFailed&) {
      say("lost");
    }
  }
}

TEST_F(ParkTest, AtTheRuntimesEndWhatForeignCodeAwaitsOfOursIsLostAtOnce) {
  for (int what = 0; what <= 5; ++what)
    for (const bool cancelled : {true, false}) {
      testing::internal::CaptureStderr();
      {
        Runtime rt;
        rt.set_end_wait(1h);
        const auto silent = make_actor<Silent>(rt, ret_nop);
        const TaskRef ref = spawn(
            rt,
            [](int w, Actor<Silent> a) -> Task<int> {
              const SaysBye local("~local");
              co_await waits_for_ours(w, a);
              co_return 1;
            },
            tell_int("end"), what, silent.actor());
        rt.run();
        if (cancelled) ref.cancel();
      }
      EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << what;
      EXPECT_EQ(told(), (cancelled ? "end!cancelled" : "end!runtime ended") +
                            std::string(" lost ~foreign ~local"))
          << what;
    }
}

TEST_F(ParkTest, AlsoWhereItTriesAgain) {
  for (const int what : {0, 1}) {
    {
      Runtime rt;
      rt.set_end_wait(1h);
      const auto silent = make_actor<Silent>(rt, ret_nop);
      spawn(
          rt,
          [](int w, Actor<Silent> a) -> Task<int> {
            const SaysBye local("~local");
            co_await tries_again(w, a);
            co_return 1;
          },
          tell_int("end"), what, silent.actor());
      rt.run();
    }
    EXPECT_EQ(told(), "end!runtime ended lost lost lost ~local");
  }
}
#endif

}  // namespace park_test
}  // namespace troupe
