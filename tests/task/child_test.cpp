// task/child_test.cpp: how the outcome of a group's child gets into its slot.
#include <troupe/task/child.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace child_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

using ChildTest = troupe_test::OneRuntimeTest;

// A Task is the child itself: no coroutine stands between, and its frame goes before the awaiter
// goes on.
TEST_F(ChildTest, ATaskIsOneFrameAndOneTask) {
  spawn(
      rt,
      []() -> Task<int> {
        std::vector<Task<int>> children;
        for (int n = 0; n < 3; ++n)
          children.push_back([](int value) -> Task<int> {
            const SaysBye local(std::string("~").append(std::to_string(value)));
            co_await sleep(1s);
            co_return value;
          }(n));
        int sum = 0;
        for (const int value : co_await all(std::move(children))) sum += value;
        co_return sum;
      },
      tell_int("sum"));
  rt.run();
  EXPECT_EQ(rt.live_tasks(), 4u);
  for (const AliveTask& task : rt.why_alive().tasks) EXPECT_EQ(task.backtrace.size(), 1u);
  run_virtual(rt);
  EXPECT_EQ(told(), "~0 ~1 ~2 sum=3");
}

TEST_F(ChildTest, ChildrenWithoutAValueAndWithOneThatMayThrowAsItMoves) {
  spawn(
      rt,
      []() -> Task<int> {
        auto got = co_await all([]() -> Task<> { co_return; }(),
                                []() -> Task<std::deque<int>> { co_return std::deque<int>(3); }());
        co_return static_cast<int>(std::get<1>(got).size());
      },
      tell_int("size"));
  rt.run();
  EXPECT_EQ(told(), "size=3");
}

struct Asks;
struct Owner {
  void hand_on(Cx<Owner>& cx, Actor<Asks> to);
  Task<int> mine(Cx<Owner>&) {
    co_await sleep(1s);
    co_return 1;
  }
  Task<> wait_for(Cx<Owner>& cx, bool throws) {
    auto got = co_await race(mine(cx), nobodys(throws));
    say("race", static_cast<long long>(got.index()));
  }
#if TROUPE_EXCEPTIONS
  Task<> catch_it(Cx<Owner>&) {
    TROUPE_TRY { (void)co_await all(nobodys(true), sleep(1h)); }
    catch (const std::runtime_error& e) {
      say("caught ", e.what());
    }
  }
#endif
  static Task<int> nobodys(bool throws) {
    const SaysBye local("~local");
    co_await sleep(throws ? 1ms : 2s);
#if TROUPE_EXCEPTIONS
    if (throws) throw std::runtime_error("mine");
#endif
    co_return 2;
  }
  ~Owner() { say("~owner"); }
};
TEST_F(ChildTest, AChildIsOfItsAwaitersActor) {
  auto owner = make_actor<Owner>(rt, troupe_test::tell_end("owner"));
  call<&Owner::wait_for>(owner, false);
  rt.run();
  EXPECT_EQ(rt.live_tasks(), 3u);
  owner.kill("enough");
  rt.run();
  EXPECT_EQ(told(), "~local ~owner owner:killed(enough)");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

struct Asks {
  Task<> ask_it(Cx<Asks>&, Task<int> of_other) {
    const auto got = co_await all(std::move(of_other), sleep(1ms)).reply();
    say(got ? "value" : to_string(got.error().why()));
  }
};
void Owner::hand_on(Cx<Owner>& cx, Actor<Asks> to) { call<&Asks::ask_it>(to, mine(cx)); }
TEST_F(ChildTest, AChildOfAnotherActorEndsWithThat) {
  auto owner = make_actor<Owner>(rt, ret_nop);
  auto asks = make_actor<Asks>(rt, ret_nop);
  call<&Owner::hand_on>(owner, asks.actor());
  rt.run();
  EXPECT_EQ(rt.live_tasks(), 4u) << "the asker, two children, and the task of the other actor";
  owner.kill("gone");
  run_virtual(rt);
  EXPECT_EQ(told(), "~owner failed");
}

#if TROUPE_EXCEPTIONS
TEST_F(ChildTest, AnExceptionIsTheAwaitersAndNotTheActors) {
  auto owner = make_actor<Owner>(rt, troupe_test::tell_end("owner"));
  call<&Owner::catch_it>(owner);
  run_virtual(rt);
  EXPECT_EQ(told(), "~local caught mine");
  EXPECT_FALSE(owner.is_zombie());
  owner.kill("x");
  rt.run();
  told();
}

Ret<int> tell_why(std::string who) {
  return ret_do<int>(
      [](const std::string& name, const Reply<int>& r) {
        say(name, r ? "=value" : std::string(to_string(r.error().why())));
      },
      std::move(who));
}

// What was in its frame hears why.
TEST_F(ChildTest, RetsInTheFrameOfAChildThatThrowsHearOfIt) {
  spawn(
      rt,
      []() -> Task<> {
        const auto got = co_await all([](Ret<int> parameter) -> Task<> {
                           const Ret<int> local = tell_why("local ");
                           co_await sleep(1ms);
                           (void)parameter;
                           throw std::runtime_error("no");
                         }(tell_why("parameter ")))
                             .reply();
        say(got ? "value" : to_string(got.error().why()));
      },
      ret_nop);
  run_virtual(rt);
  EXPECT_EQ(told(), "local failed parameter failed failed");
}
#endif

}  // namespace child_test
}  // namespace troupe
