// core/runtime_test.cpp: turns of the loop: exceptions, waits, virtual time, listings, and the
// failure hook.
#include <troupe/core/runtime.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/core/log_format.hpp>
#include <vector>

#include "support/allocations.hpp"
#include "support/recorder.hpp"
#include "support/worker.hpp"

namespace troupe {
namespace runtime_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::told;
using troupe_test::Worker;

constexpr Instant at_s(int seconds) { return Instant(std::chrono::seconds(seconds)); }

using RuntimeTest = troupe_test::RecordedTest;

TEST_F(RuntimeTest, RunOneRunsOneRecord) {
  Runtime rt;
  EXPECT_FALSE(rt.run_one());
  defer(rt, [] { say("a"); });
  defer(rt, [] { say("b"); });
  EXPECT_TRUE(rt.run_one());
  EXPECT_EQ(told(), "a");
  EXPECT_TRUE(rt.run_one());
  EXPECT_FALSE(rt.run_one());
  EXPECT_EQ(told(), "b");
}

TEST_F(RuntimeTest, TrimGivesUnusedMemoryBack) {
  Runtime rt;
  auto keep = make_actor<Worker>(rt, ret_nop, std::string("keep"));
  rt.run();
  const std::size_t before = rt.pool_bytes();
  {
    std::vector<ActorOwn<Worker>> all;
    for (int i = 0; i < 60'000; ++i) all.push_back(make_actor<Worker>(rt, ret_nop, std::string()));
    rt.run();
  }
  rt.run();
  told();
  EXPECT_GT(rt.pool_bytes(), before + 4 * detail::Block::size);
  rt.trim();
  EXPECT_LT(rt.pool_bytes(), before + 20 * detail::Block::size);
  call<&Worker::work>(keep, 1);
  std::vector<ActorOwn<Worker>> again;
  for (int i = 0; i < 20'000; ++i) again.push_back(make_actor<Worker>(rt, ret_nop, std::string()));
  rt.run();
  EXPECT_EQ(told(), "keep1");
  EXPECT_EQ(rt.actors().size(), 20'001u);
  again.clear();
  rt.run();
  told();
}

// ---- exceptions
#if TROUPE_EXCEPTIONS
TEST_F(RuntimeTest, AnExceptionOutOfADeferredFunctionIsRethrownAndNothingIsLostOrRepeated) {
  Runtime rt;
  defer(rt, [] { say("1"); });
  defer(
      rt, [](troupe_test::SaysBye) { throw std::runtime_error("two"); },
      troupe_test::SaysBye("bye"));
  defer(rt, [] { say("3"); });
  defer(rt, [](Core& core) {
    lazy(core, [] { say("L1"); });
    lazy(core, [] { throw std::runtime_error("lazy"); });
    lazy(core, [] { say("L3"); });
    idle(core, [] { throw std::runtime_error("idle"); });
    idle(core, [] { say("I2"); });
  });
  EXPECT_THROW(rt.run(), std::runtime_error);
  EXPECT_EQ(told(), "1 bye");
  EXPECT_THROW(rt.run(), std::runtime_error);
  EXPECT_EQ(told(), "3 L1");
  EXPECT_TRUE(rt.run());
  EXPECT_EQ(told(), "L3");
  EXPECT_THROW(rt.run(at_s(1), true), std::runtime_error);
  EXPECT_FALSE(rt.run(at_s(1), true));
  EXPECT_EQ(told(), "I2");
}

TEST_F(RuntimeTest, AnExceptionAtTheEndOfAChunkLosesNothing) {
  Runtime rt;
  static int ran;
  ran = 0;
  int thrown = 0;
  for (int i = 0; i < 20'000; ++i)
    defer(
        rt,
        [](int n) {
          EXPECT_EQ(n, ran);
          ++ran;
          if (n % 7 == 0) throw n;
        },
        i);
  for (bool again = true; again;) {
    try {
      rt.run();
      again = false;
    } catch (int) {
      ++thrown;
    }
  }
  EXPECT_EQ(ran, 20'000);
  EXPECT_EQ(thrown, 20'000 / 7 + 1);
}

TEST_F(RuntimeTest, BodiesThatThrowHarmNobodyAndAreAllTold) {
  Runtime rt;
  defer(rt, [](Core& core) {
    Ret<int> one = ret_do([](Reply<int>) { throw std::runtime_error("one"); });
    one(1);
    {
      Ret<int> two = ret_do([](Reply<int>) { throw std::runtime_error("two"); });
    }
    Fwd<int> three = fwd_do([](int) { throw std::runtime_error("three"); });
    three(1);
    say("unharmed");
    defer(core, [] { say("behind"); });
  });
  std::string texts;
  for (int runs = 0; runs < 10; ++runs) {
    try {
      rt.run();
    } catch (const std::runtime_error& e) {
      texts += e.what();
      texts += ' ';
    }
  }
  EXPECT_EQ(told(), "unharmed behind");
  EXPECT_EQ(texts, "one two three ");
}
#endif

TEST_F(RuntimeTest, RunInsideRunEndsTheProcess) {
  EXPECT_DEATH(
      {
        Runtime rt;
        static Runtime* here;
        here = &rt;
        defer(rt, [] { here->run(); });
        rt.run();
      },
      "run\\(\\) was called from inside run\\(\\)");
}

TEST_F(RuntimeTest, RunWhileTheRuntimeEndsEndsTheProcess) {
  EXPECT_DEATH(
      {
        static Runtime* here;
        Runtime rt;
        here = &rt;
        defer(rt, [](Ret<int>) {}, ret_do([](Reply<int>) { here->run(); }));
      },
      "run\\(\\) was called from inside run\\(\\)");
}

TEST_F(RuntimeTest, AnotherThreadThatRunsItEndsADebugBuild) {
#if TROUPE_DEBUG
  EXPECT_DEATH(
      {
        Runtime rt;
        std::thread([&] { rt.run(); }).join();
      },
      "another thread than the one that made it");
#endif
}

// ---- waits
TEST_F(RuntimeTest, WaitsAreToldFromTimersAndWork) {
  Runtime rt(at_s(1));
  EXPECT_FALSE(rt.next_expiry().has_value());
  EXPECT_FALSE(rt.next_wait(at_s(1)).has_value());
  EXPECT_EQ(rt.next_wait_max(at_s(1), 60s, false), 60s);
  EXPECT_EQ(rt.next_wait_max(at_s(1), 60s, true), 0s);
  at(rt, at_s(5), [] {});
  EXPECT_EQ(rt.next_expiry(), at_s(5));
  EXPECT_EQ(rt.next_wait(at_s(2)), 3s);
  EXPECT_EQ(rt.next_wait(at_s(7)), 0s);
  EXPECT_EQ(rt.next_wait_max(at_s(2), 1s, false), 1s);
  EXPECT_EQ(rt.next_wait_max(at_s(2), 60s, false), 3s);
  lazy(rt, [] {});
  EXPECT_EQ(rt.next_wait(at_s(2)), 0s);
  rt.run();
  EXPECT_EQ(rt.next_wait(at_s(2)), 3s);
}

TEST_F(RuntimeTest, VirtualTimeJumpsFromTimerToTimer) {
  Runtime rt;
  after(rt, 24h, [](Core& core) {
    say("day",
        std::chrono::duration_cast<std::chrono::hours>(core.now() - core.start_time()).count());
    after(core, 1h, [](Core& c) {
      say("hour");
      idle(c, [] { say("idle"); });
    });
  });
  run_virtual(rt);
  EXPECT_EQ(told(), "day24 hour idle");
  after(rt, 1h, [] { say("one"); });
  after(rt, 3h, [] { say("three"); });
  run_virtual(rt, rt.now() + 2h);
  EXPECT_EQ(told(), "one");
  run_virtual(rt);
  EXPECT_EQ(told(), "three");
}

TEST_F(RuntimeTest, VirtualTimeEndsWithAShutdown) {
  Runtime rt;
  after(rt, 1s, [](Core& core) { core.shutdown(StopCause::stopped); });
  after(rt, 2s, [] { say("never"); });
  run_virtual(rt);
  EXPECT_EQ(told(), "");
  EXPECT_EQ(rt.now(), at_s(1));
}

// ---- what it tells
TEST_F(RuntimeTest, ActorsAreListed) {
  Runtime rt;
  auto a = make_actor<Worker>(rt, ret_nop, std::string("a"));
  rt.run();
  auto b = make_actor<Worker>(rt, ret_nop, std::string("b"));
  auto b2 = b.owned();
  call<&Worker::rename>(a, std::string("first"));
  rt.run_one();  // b's construction
  rt.run_one();
  auto c = make_actor<Worker>(rt, ret_nop, std::string("c"));
  const auto all = rt.actors();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].id, a.id());
  EXPECT_EQ(all[0].name, "first");
  EXPECT_EQ(a.name(), "first");
  EXPECT_NE(all[0].type.find("Worker"), std::string_view::npos);
  EXPECT_EQ(all[1].name, "");
  EXPECT_EQ(all[1].owners, 2u);
  EXPECT_EQ(all[1].state, ActorState::ready);
  EXPECT_EQ(all[2].state, ActorState::prep);
  EXPECT_LT(all[0].id, all[1].id);
  EXPECT_LT(all[1].id, all[2].id);
  call<&Worker::stop>(a);
  rt.run();
  EXPECT_EQ(rt.actors().size(), 2u);
  EXPECT_EQ(a.name(), "");
  told();
}

TEST_F(RuntimeTest, TheFailureHookHearsOfEveryFailureBeforeTheOwner) {
  Runtime rt;
  std::vector<std::string> reports;
  rt.set_failure_hook([&](Core&, const FailureReport& report) {
    reports.push_back(std::string(report.name) + "|" + std::string(report.error.text()));
    EXPECT_NE(report.id, 0u);
    EXPECT_NE(report.type.find("Worker"), std::string_view::npos);
    say("hook");
  });
  auto a = make_actor<Worker>(rt, tell_end("a"), std::string("a"));
  auto b = make_actor<Worker>(rt, ret_nop, std::string("b"));
  auto c = make_actor<Worker>(rt, ret_nop, std::string("c"));
  call<&Worker::rename>(a, std::string("named"));
  call<&Worker::fail>(a);
  call<&Worker::fail>(b);
  c.kill("killing is no failure");
  rt.run();
  EXPECT_EQ(reports, (std::vector<std::string>{"named|broken", "|broken"}));
  EXPECT_EQ(told(), "~a hook a:failed(broken) ~b hook ~c");
}

TEST_F(RuntimeTest, TheFailureHookMayReplaceItself) {
  Runtime rt;
  const std::string text = "a text that is too long to be short";
  rt.set_failure_hook([&rt, text](Core&, const FailureReport&) {
    rt.set_failure_hook([](Core&, const FailureReport&) { say("other"); });
    say(text);
  });
  for (int i = 0; i < 2; ++i) {
    auto a = make_actor<Worker>(rt, ret_nop, std::string("a"));
    call<&Worker::fail>(a);
    rt.run();
  }
  rt.set_failure_hook([&rt, text](Core&, const FailureReport&) {
    rt.set_failure_hook(nullptr);
    say(text);
  });
  for (int i = 0; i < 2; ++i) {
    auto a = make_actor<Worker>(rt, ret_nop, std::string("a"));
    call<&Worker::fail>(a);
    rt.run();
  }
  EXPECT_EQ(told(), "~a " + text + " ~a other ~a " + text + " ~a");
}

TEST_F(RuntimeTest, TheFailureHookMayBeSetByTheSinkThatHearsOfTheFailure) {
  Runtime rt;
  rt.set_logger(LogLevel::error, [&rt](Core&, const LogRecord&) {
    rt.set_failure_hook(
        [](Core&, const FailureReport& report) { say("hook:", report.error.text()); });
  });
  const auto a = make_actor<Worker>(rt, ret_nop, std::string("a"));
  call<&Worker::fail>(a);
  rt.run();
  EXPECT_EQ(told(), "~a hook:broken");
}

#if TROUPE_EXCEPTIONS
TEST_F(RuntimeTest, TrimWithoutMemoryIsHarmless) {
  Runtime rt;
  std::vector<ActorOwn<Worker>> named;
  for (int i = 0; i < 1000; ++i) {
    named.push_back(make_actor<Worker>(rt, ret_nop));
    call<&Worker::rename>(named.back(), "name " + std::to_string(i));
  }
  rt.run();
  named.resize(20);
  rt.run();
  {
    const troupe_test::FailAllocation none(0, true);
    rt.trim();
  }
  EXPECT_EQ(named[7].name(), "name 7");
  rt.trim();
  EXPECT_EQ(named[7].name(), "name 7");
  named.clear();
  rt.run();
  told();
}

TEST_F(RuntimeTest, TheFailureHookHearsOfExceptions) {
  Runtime rt;
  rt.set_failure_hook([](Core&, const FailureReport& report) { say(report.error.text()); });
  auto a = make_actor<Worker>(rt, tell_end("a"), std::string("a"));
  call<&Worker::throws>(a);
  rt.run();
  EXPECT_EQ(told(), "~a thrown a:failed(thrown)");
}
#endif

TEST_F(RuntimeTest, AFailureIsLoggedAtErrorEvenIfNobodyAsked) {
  Runtime rt;
  std::vector<std::string> lines;
  rt.set_logger(LogFilter::all({LogLevel::error}), [&](Core&, const LogRecord& record) {
    lines.push_back(std::to_string(record.id) + " " + std::string(record.text));
  });
  auto a = make_actor<Worker>(rt, ret_nop);
  call<&Worker::fail>(a);
  rt.run();
  EXPECT_EQ(lines, std::vector<std::string>{std::to_string(a.id()) + " broken"});
  told();
}

TEST_F(RuntimeTest, OpenAndCloseAreLoggedWithTheParent) {
  struct Parent {
    explicit Parent(Cx<Parent>& cx) : child(make_actor<Worker>(cx, ret_nop)) {}
    ActorOwn<Worker> child;
  };
  Runtime rt;
  std::vector<std::string> lines;
  rt.set_logger(LogFilter::all({LogLevel::open}), [&](Core&, const LogRecord& record) {
    std::string line(log_level_name(record.level));
    line += ' ' + std::to_string(record.id) + ' ';
    append_text_fields(line, record);
    lines.push_back(line);
  });
  {
    auto own = make_actor<Parent>(rt, ret_nop);
    rt.run();
  }
  rt.run();
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_TRUE(lines[0].starts_with("OPEN 1"));
  EXPECT_TRUE(lines[1].starts_with("OPEN 2") && lines[1].find("parent") != std::string::npos)
      << lines[1];
  EXPECT_TRUE(lines[2].starts_with("CLOSE 1") && lines[2].find("dropped") != std::string::npos)
      << lines[2];
  EXPECT_TRUE(lines[3].starts_with("CLOSE 2"));
  told();
}

TEST_F(RuntimeTest, SystemTimeCanBeFixed) {
  Runtime rt;
  const SystemTime fixed(std::chrono::hours(1000));
  rt.set_systime(fixed);
  EXPECT_EQ(rt.core().systime(), fixed);
  rt.run(at_s(5));
  EXPECT_EQ(rt.core().systime(), fixed);
  rt.set_systime(std::nullopt);
  EXPECT_GT(rt.core().systime(), fixed);
}

TEST_F(RuntimeTest, LiveRetsAndTimersAreCounted) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, ret_nop);
  rt.run();
  EXPECT_EQ(rt.live_rets(), 0u);
  {
    Ret<int> one = ret_to<&Worker::got>(own);
    Ret<int> two = ret_to<&Worker::got>(own);
    EXPECT_EQ(rt.live_rets(), 2u);
    one(1);
    EXPECT_EQ(rt.live_rets(), 1u);
  }
  EXPECT_EQ(rt.live_rets(), 0u);
  const auto key = after(rt, 1s, [] {});
  EXPECT_EQ(rt.live_timers(), 1u);
  EXPECT_TRUE(timer_delete(rt, key));
  EXPECT_EQ(rt.live_timers(), 0u);
  rt.run();
  told();
}

// ---- two runtimes, and the end
TEST_F(RuntimeTest, TwoRuntimesOnOneThreadCallEachOthersActors) {
  Runtime a, b;
  auto server = make_actor<Worker>(a, ret_nop, std::string("server"));
  auto client = make_actor<Worker>(b, ret_nop, std::string("client"));
  call<&Worker::take>(server, ret_to<&Worker::got>(client));
  b.run();
  EXPECT_EQ(told(), "");
  a.run();
  EXPECT_EQ(told(), "");
  b.run();
  EXPECT_EQ(told(), "got=1");
}

// ---- counting
TEST_F(RuntimeTest, OnlyRecordsAreCountedNotTheJumpsBetweenChunks) {
  constexpr int many = 5000;  // many chunks
  Runtime rt;
  for (int i = 0; i < many; ++i) defer(rt, [] {});
  rt.run();
  EXPECT_EQ(rt.items_run(), static_cast<std::uint64_t>(many));
  for (int i = 0; i < many; ++i) defer(rt, [](int n) { say("", n); }, i);
  for (int i = 0; i < many; ++i) {
    ASSERT_TRUE(rt.run_one());
    ASSERT_EQ(told(), std::to_string(i));
  }
  EXPECT_FALSE(rt.run_one());
  for (int i = 0; i < many; ++i) lazy(rt, [](int n) { say("", n); }, i);
  for (int i = 0; i < many; i += 2) {
    ASSERT_EQ(rt.run(rt.now(), RunLimit{.items = 2}).work, i + 2 < many);
    ASSERT_EQ(told(), std::to_string(i) + ' ' + std::to_string(i + 1));
  }
  for (int i = 0; i < many; ++i) idle(rt, [](int n) { say("", n); }, i);
  for (int i = 0; i < many; ++i) {
    ASSERT_EQ(rt.run(rt.now(), true), i + 1 < many);
    ASSERT_EQ(told(), std::to_string(i));
  }
  EXPECT_EQ(rt.items_run(), 4u * many);
}

#if TROUPE_EXCEPTIONS
TEST_F(RuntimeTest, RecordsThatThrewAreCounted) {
  Runtime rt;
  for (int i = 0; i < 3; ++i) defer(rt, [] { throw std::runtime_error("one"); });
  defer(rt, [] {});
  for (int i = 0; i < 3; ++i) EXPECT_THROW(rt.run(), std::runtime_error);
  EXPECT_THROW(
      (defer(rt, [] { throw std::runtime_error("two"); }), rt.run(rt.now(), RunLimit{.items = 9})),
      std::runtime_error);
  EXPECT_EQ(rt.items_run(), 5u);
}
#endif

TEST_F(RuntimeTest, VirtualTimeEndsAtTheGivenInstant) {
  Runtime rt(at_s(1));
  run_virtual(rt, at_s(5));
  EXPECT_EQ(rt.now(), at_s(5)) << "nothing to do";
  after(rt, 2s, [] { say("seven"); });
  after(rt, 9s, [] { say("fourteen"); });
  idle(rt, [] { say("idle"); });
  run_virtual(rt, at_s(10));
  EXPECT_EQ(rt.now(), at_s(10)) << "between two timers";
  run_virtual(rt, at_s(9));
  EXPECT_EQ(rt.now(), at_s(10)) << "never back";
  run_virtual(rt, at_s(14));
  EXPECT_EQ(told(), "idle seven fourteen");
  run_virtual(rt);
  EXPECT_EQ(rt.now(), at_s(14)) << "no end was given";
  after(rt, 1s, [](Core& core) { core.shutdown(StopCause::stopped); });
  run_virtual(rt, at_s(100));
  EXPECT_EQ(rt.now(), at_s(15)) << "a shutdown comes first";
}

#if TROUPE_DEBUG
TEST_F(RuntimeTest, AnotherThreadThatCallsEndsADebugBuild) {
  const auto elsewhere = [](void (*use)(Runtime&, const ActorOwn<Worker>&)) {
    Runtime rt;
    const auto own = make_actor<Worker>(rt, ret_nop);
    std::thread([&] { use(rt, own); }).join();
  };
  constexpr auto words = "used on another thread than the one that made it";
  EXPECT_DEATH(
      elsewhere([](Runtime&, const ActorOwn<Worker>& own) { call<&Worker::work>(own, 1); }), words);
  EXPECT_DEATH(
      elsewhere([](Runtime&, const ActorOwn<Worker>& own) { lazy<&Worker::work>(own, 1); }), words);
  EXPECT_DEATH(elsewhere([](Runtime& rt, const ActorOwn<Worker>&) { defer(rt, [] {}); }), words);
  EXPECT_DEATH(elsewhere([](Runtime& rt, const ActorOwn<Worker>&) { after(rt, 1s, [] {}); }),
               words);
  EXPECT_DEATH(elsewhere([](Runtime& rt, const ActorOwn<Worker>&) {
                 (void)make_actor<Worker>(rt, ret_nop);
               }),
               words);
  EXPECT_DEATH(
      elsewhere([](Runtime&, const ActorOwn<Worker>& own) { ret_to<&Worker::got>(own)(1); }),
      words);
  EXPECT_DEATH(elsewhere([](Runtime&, const ActorOwn<Worker>& own) { own.kill("there"); }), words);
  EXPECT_DEATH(elsewhere([](Runtime&, const ActorOwn<Worker>& own) {
                 (void)watch(own, ret_do([](Reply<StopCause>) {}));
               }),
               words);
}

TEST_F(RuntimeTest, AnotherThreadThatAnswersWithinALimitEndsADebugBuild) {
  const auto answered_elsewhere = [] {
    Runtime rt;
    Ret<int> ret = ret_do([](Reply<int>) {}).with_timeout(rt, 1s);
    std::thread([&] { ret(1); }).join();
  };
  EXPECT_DEATH(answered_elsewhere(), "used on another thread than the one that made it");
}
#endif

}  // namespace runtime_test
}  // namespace troupe
