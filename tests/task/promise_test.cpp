// task/promise_test.cpp: the ends of a task: values, exceptions, nobody who listens, and what its frame costs.
#include <troupe/task/promise.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace {

using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

struct PromiseTest : troupe_test::RecordedTest {};

Task<int> ends(SaysBye bye) {
  const SaysBye moved = std::move(bye);
  co_return 1;
}
Task<std::unique_ptr<int>> moves() { co_return std::make_unique<int>(5); }

TEST_F(PromiseTest, TheFrameDiesBeforeTheRetHears) {
  Runtime rt;
  spawn(rt, ends(SaysBye("~frame")), tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "~frame end=1");
}

TEST_F(PromiseTest, ParametersDieBeforeTheRetHearsToo) {
  Runtime rt;
  spawn(rt, [](SaysBye) -> Task<int> { co_return 2; }, tell_int("end"), SaysBye("~parameter"));
  rt.run();
  EXPECT_EQ(told(), "~parameter end=2");
}

TEST_F(PromiseTest, AValueThatOnlyMoves) {
  Runtime rt;
  spawn(rt, moves(), ret_some_do([](std::unique_ptr<int> p) { say("got", *p); }));
  rt.run();
  EXPECT_EQ(told(), "got5");
}

TEST_F(PromiseTest, NobodyListens) {
  Runtime rt;
  spawn(rt, ends(SaysBye("~frame")));
  rt.run();
  EXPECT_EQ(told(), "~frame");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

#if TROUPE_EXCEPTIONS
TEST_F(PromiseTest, AnExceptionReachesTheRet) {
  Runtime rt;
  spawn(
      rt,
      []() -> Task<int> {
        throw std::runtime_error("no");
        co_return 0;
      },
      ret_do([](const Reply<int>& r) {
        say(to_string(r.error().why()));
        say(r.error().error().text());
      }));
  rt.run();
  EXPECT_EQ(told(), "failed no");
}
#endif

}  // namespace
}  // namespace troupe
