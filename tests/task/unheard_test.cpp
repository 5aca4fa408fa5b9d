// task/unheard_test.cpp: what a task throws where nobody hears of it is told to the log; with no
// logger set, to standard error.
#include <gtest/gtest.h>

#include <regex>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

#if TROUPE_EXCEPTIONS

// Not anonymous: the names of these functions appear in what is expected.
namespace stage {

using namespace troupe;
using namespace std::chrono_literals;

[[noreturn]] void boom(const char* text) { throw std::runtime_error(text); }

Task<> throws() {
  co_await sleep(1s);
  boom("boom");
}
Task<int> throws_int() {
  co_await sleep(1s);
  boom("boom");
  co_return 1;
}
struct Worker {
  Task<> work(Cx<Worker>&) {
    co_await sleep(1s);
    boom("in a handler");
  }
  Task<int> answer(Cx<Worker>&) {
    co_await sleep(1s);
    boom("in an answer");
    co_return 1;
  }
};
struct Hearer {
  void news(int) {}
  void reply(Reply<int>) {}
};

}  // namespace stage

namespace troupe {
namespace unheard_test {

using namespace std::chrono_literals;
using namespace stage;

// What a program writes to standard error: the text of each record, and the actor's or task's name.
// (Clang gives a function's name with its type: `Task<> f()`.)
std::string heard_of(void (*program)(Runtime&)) {
  testing::internal::CaptureStderr();
  {
    Runtime rt;
    program(rt);
    run_virtual(rt);
  }
  std::string heard = testing::internal::GetCapturedStderr(), shown;
  while (!heard.empty()) {
    std::string line = heard.substr(0, heard.find('\n'));
    heard.erase(0, line.size() + 1);
    line = line.substr(line.find(' ') + 1);
    if (!shown.empty()) shown += "; ";
    static const std::regex with_type("task=\"[^\"(]* ([^ \"(]+)\\([^\"]*\"");
    shown += std::regex_replace(line.substr(0, line.find(" file=")), with_type, "task=$1");
  }
  return shown;
}
const std::string in_a_task = "ERROR #0 boom task=", throws_said = in_a_task + "stage::throws",
                  int_said = in_a_task + "stage::throws_int";

TEST(Unheard, ATaskThatNobodyListensTo) {
  EXPECT_EQ(heard_of([](Runtime& rt) { spawn(rt, throws); }), throws_said);
  EXPECT_EQ(heard_of([](Runtime& rt) { spawn(rt, throws, ret_nop); }), throws_said);
  EXPECT_EQ(heard_of([](Runtime& rt) {
              spawn(rt, [](Core&) -> Task<> { co_await throws(); });
            }).substr(0, in_a_task.size()),
            in_a_task);
}

TEST(Unheard, AHandlerIsHeardAsItsActor) {
  EXPECT_EQ(heard_of([](Runtime& rt) {
              const auto worker = make_actor<Worker>(rt, ret_nop);
              call<&Worker::work>(worker);
              run_virtual(rt);
            }),
            "ERROR #1 in a handler actor=stage::Worker");
  EXPECT_EQ(heard_of([](Runtime& rt) {
              const auto worker = make_actor<Worker>(rt, ret_nop);
              spawn(
                  rt,
                  [](Actor<Worker> a) -> Task<int> { co_return co_await ask<&Worker::answer>(a); },
                  ret_nop, worker.actor());
              run_virtual(rt);
            }),
            "ERROR #1 in an answer actor=stage::Worker");
}

// Somebody hears: of the failure, and so it is his.
TEST(Unheard, WhatIsHeardIsNotToldTwice) {
  EXPECT_EQ(heard_of([](Runtime& rt) { spawn(rt, throws_int, ret_do([](Reply<int>) {})); }), "");
  EXPECT_EQ(heard_of([](Runtime& rt) {
              spawn(rt, throws_int, ret_do([](Reply<int>) {}).with_timeout(rt, 1h));
            }),
            "");
  EXPECT_EQ(heard_of([](Runtime& rt) {
              static ActorOwn<Hearer> hearer;
              hearer = make_actor<Hearer>(rt, ret_nop);
              spawn(rt, throws_int, ret_to<&Hearer::reply>(hearer));
              run_virtual(rt);
              hearer = {};
            }),
            "");
  EXPECT_EQ(heard_of([](Runtime& rt) {
              spawn(rt, [](Core& core) -> Task<> {
                auto p = push_pipe<int>(core);
                spawn(core, throws_int, std::move(p.ret));
                const auto got = co_await std::move(p.value).reply();
                EXPECT_FALSE(got);
              });
            }),
            "");
  EXPECT_EQ(heard_of([](Runtime& rt) {
              spawn(rt, []() -> Task<> {
                try {
                  co_await throws();
                } catch (const std::runtime_error&) {}
                try {
                  co_await all(throws(), sleep(1h));
                } catch (const std::runtime_error&) {}
                const auto got = co_await shield(throws_int()).reply();
                EXPECT_FALSE(got);
                (void)co_await any(throws_int(), []() -> Task<int> {
                  co_await sleep(2s);
                  co_return 1;
                }());
                Core& core = *Core::current();
                Scope scope(core);
                scope.spawn(throws);
                const auto joined = co_await scope.join().reply();
                EXPECT_FALSE(joined);
              });
            }),
            "");
}

TEST(Unheard, AListenerThatHearsOfNoFailure) {
  EXPECT_EQ(heard_of([](Runtime& rt) { spawn(rt, throws_int, ret_some_do([](int) {})); }),
            int_said);
  EXPECT_EQ(heard_of([](Runtime& rt) { spawn(rt, throws_int, ret_panic("never")); }), int_said);
  EXPECT_EQ(heard_of([](Runtime& rt) {
              spawn(rt, throws_int, ret_some_do([](int) {}).with_timeout(rt, 1h));
            }),
            int_said);
  EXPECT_EQ(heard_of([](Runtime& rt) {
              static ActorOwn<Hearer> hearer;
              hearer = make_actor<Hearer>(rt, ret_nop);
              spawn(rt, throws_int, ret_some_to<&Hearer::news>(hearer));
              run_virtual(rt);
              hearer = {};
            }),
            int_said);
}

TEST(Unheard, AListenerThatHasGone) {
  EXPECT_EQ(heard_of([](Runtime& rt) {
              const auto hearer = make_actor<Hearer>(rt, ret_nop);
              spawn(rt, throws_int, ret_to<&Hearer::reply>(hearer));
            }),
            int_said);
  EXPECT_EQ(heard_of([](Runtime& rt) {
              auto p = push_pipe<int>(rt.core());
              spawn(rt, throws_int, std::move(p.ret));
              const auto dies_here = std::move(p.value);
            }),
            int_said);
  EXPECT_EQ(heard_of([](Runtime& rt) {
              spawn(rt, throws_int, ret_do([](Reply<int>) {}).with_timeout(rt, 1ms));
            }),
            int_said);
}

TEST(Unheard, AShieldedTaskWhoseAwaiterHasGone) {
  EXPECT_EQ(heard_of([](Runtime& rt) {
              const TaskRef ref = spawn(rt, []() -> Task<> { co_await shield(throws()); });
              rt.run();
              ref.cancel();
            }),
            "ERROR #0 boom where=\"a child whose awaiter has gone\"");
}

// A child has thrown, and its awaiter goes before it has heard.
TEST(Unheard, AChildWhoseAwaiterGoesFirst) {
  static TaskRef ref;
  EXPECT_EQ(heard_of([](Runtime& rt) {
              ref = spawn(rt, []() -> Task<> {
                co_await all([]() -> Task<> {
                  defer(*Core::current(), [] { ref.cancel(); });
                  boom("boom");
                  co_return;
                }());
              });
            }),
            "ERROR #0 boom where=\"a child whose awaiter has gone\"");
  ref = {};
}

TEST(Unheard, AChildOfAScopeThatNobodyJoined) {
  EXPECT_EQ(heard_of([](Runtime& rt) {
              spawn(rt, [](Core& core) -> Task<> {
                Scope scope(core);
                scope.spawn(throws);
                co_await sleep(2s);
              });
            }),
            "ERROR #0 boom where=\"a child of a Scope\"");
}

// A task of another runtime is told by its own.
TEST(Unheard, EachRuntimeOfAThreadSpeaksForItself) {
  EXPECT_EQ(heard_of([](Runtime& rt) {
              Runtime silent;
              silent.set_logger(LogLevel::off, nullptr);
              spawn(silent, throws);
              spawn(rt, throws);
              run_virtual(silent);
              run_virtual(rt);
            }),
            throws_said);
}

}  // namespace unheard_test
}  // namespace troupe

#endif
