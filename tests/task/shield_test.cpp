// task/shield_test.cpp: shielded tasks go on when nobody waits for them any more.
#include <troupe/task/shield.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace shield_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

using ShieldTest = troupe_test::OneRuntimeTest;

Task<int> work(int value) {
  const SaysBye local("~work");
  co_await sleep(2s);
  say("done", value);
  co_return value;
}

TEST_F(ShieldTest, AwaitedItGivesItsValue) {
  spawn(rt, []() -> Task<int> { co_return co_await shield(work(4)); }, tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "done4 ~work end=4");
}

TEST_F(ShieldTest, ItGoesOnWhenItsAwaiterIsDropped) {
  const TaskRef ref =
      spawn(rt, []() -> Task<int> { co_return co_await shield(work(4)); }, tell_int("end"));
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "end!cancelled");
  run_virtual(rt);
  EXPECT_EQ(told(), "done4 ~work");
}

struct Owner {
  Task<> outlives(Cx<Owner>&) {
    (void)co_await shield(work(1));
    say("never");
  }
  Task<int> own_work(Cx<Owner>&) {
    const SaysBye local("~own");
    co_await sleep(2s);
    say("own done");
    co_return 1;
  }
  Task<> ends_with_it(Cx<Owner>& cx) { (void)co_await shield(own_work(cx)); }
  ~Owner() { say("~owner"); }
};
TEST_F(ShieldTest, ItBelongsToTheRuntimeOrToItsActor) {
  auto own = make_actor<Owner>(rt, tell_end("own"));
  call<&Owner::outlives>(own);
  call<&Owner::ends_with_it>(own);
  rt.run();
  own = {};
  rt.run();
  EXPECT_EQ(told(), "~own ~owner own:dropped");
  run_virtual(rt);
  EXPECT_EQ(told(), "done1 ~work");
}

#if TROUPE_EXCEPTIONS
TEST_F(ShieldTest, ItsExceptionReachesWhoAwaitsAndElseNobody) {
  auto throws = []() -> Task<int> {
    co_await sleep(1s);
    throw std::runtime_error("shielded");
  };
  spawn(
      rt,
      [](Task<int> task) -> Task<int> {
        try {
          co_return co_await shield(std::move(task));
        } catch (const std::runtime_error& e) {
          say(e.what());
        }
        co_return 0;
      },
      tell_int("end"), throws());
  run_virtual(rt);
  EXPECT_EQ(told(), "shielded end=0");
  const TaskRef ref = spawn(
      rt, [](Task<int> task) -> Task<int> { co_return co_await shield(std::move(task)); },
      tell_int("end"), throws());
  rt.run();
  ref.cancel();
  run_virtual(rt);
  EXPECT_EQ(told(), "end!cancelled");
}
#endif

TEST_F(ShieldTest, InModeReplyALossIsAnError) {
  auto [value, ret] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> v) -> Task<int> {
        const auto r =
            co_await shield([](Value<int> w) -> Task<int> { co_return co_await w; }(std::move(v)))
                .reply();
        co_return r ? *r : -1;
      },
      tell_int("end"), std::move(value));
  rt.run();
  { const Ret<int> dies = std::move(ret); }
  rt.run();
  EXPECT_EQ(told(), "end=-1");
}

TEST_F(ShieldTest, TheRuntimesEndDropsIt) {
  {
    Runtime ends;
    spawn(ends, []() -> Task<int> { co_return co_await shield(work(4)); }, ret_nop);
    ends.run();
  }
  EXPECT_EQ(told(), "~work");
}

}  // namespace shield_test
}  // namespace troupe
