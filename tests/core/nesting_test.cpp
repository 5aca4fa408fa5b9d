// core/nesting_test.cpp: chains of Rets and Fwds as long as you like, on a stack that does not grow
// with them.
#include <troupe/core/nesting.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"
#include "support/throwing.hpp"

namespace troupe {
namespace nesting_test {

using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;
using troupe_test::Touchy;
using namespace std::chrono_literals;

constexpr int many = 1'000'000;

struct NestingTest : troupe_test::BalancedTest {
  // In a run, where cells are of the pool, and outside of any, with fewer links.
  static void in_and_out(void (*act)(int links), const std::string& word, bool counts = false) {
    constexpr int few = 10'000;
    act(few);
    EXPECT_EQ(told(), counts ? word + std::to_string(few) : word);
    Runtime rt;
    defer(rt, act, many);
    rt.run();
    EXPECT_EQ(told(), counts ? word + std::to_string(many) : word);
  }
};

void pass_on(Ret<int> next, Reply<int> r) {
  if (r)
    next(*r + 1);
  else
    next.fail(r.error());
}
Ret<int> chain(void (*body)(Ret<int>, Reply<int>), int length, Ret<int> last = tell_int("last")) {
  Ret<int> ret = std::move(last);
  for (int i = 0; i < length; ++i) ret = ret_do(body, std::move(ret));
  return ret;
}

TEST_F(NestingTest, AValueGoesThroughAMillionFunctions) {
  in_and_out([](int links) { chain(&pass_on, links)(0); }, "last=", true);
}
TEST_F(NestingTest, AndAFailure) {
  in_and_out([](int links) { chain(&pass_on, links).fail(ActorFail(Why::overloaded)); },
             "last!overloaded");
  in_and_out([](int links) { const Ret<int> dropped = chain(&pass_on, links); }, "last!dropped");
}
TEST_F(NestingTest, AMillionAreDroppedOneByOther) {
  in_and_out(
      [](int links) {
        Ret<int> ret = tell_int("last");
        for (int i = 0; i < links; ++i)
          ret = ret_do([](const Ret<int>& next, Reply<int>) { (void)next; }, std::move(ret));
      },
      "last!dropped");
  in_and_out(
      [](int links) {
        Ret<int> ret = tell_int("last");
        for (int i = 0; i < links; ++i)
          ret = ret_some_do([](const Ret<int>&, int) {}, std::move(ret));
      },
      "last!dropped");
}
TEST_F(NestingTest, LimitsOfTimeInOneAnother) {
  Runtime rt;
  Ret<int> ret = tell_int("last");
  for (int i = 0; i < 100'000; ++i) ret = std::move(ret).with_timeout(rt, 1h);
  ret(1);
  EXPECT_EQ(told(), "last=1");
  EXPECT_EQ(rt.live_timers(), 0u);
}

struct Node {
  void got(const Ret<int>&, Reply<int>) {}
  void some(const Ret<int>&, int) {}
};
TEST_F(NestingTest, RetsThatActorsWereToHearOf) {
  Ret<int> ret = tell_int("some");
  {
    Runtime rt;
    const auto own = make_actor<Node>(rt, ret_nop);
    rt.run();
    for (int i = 0; i < many; ++i) ret = ret_some_to<&Node::some>(own, std::move(ret));
    ret = nullptr;
    EXPECT_EQ(told(), "some!dropped");
    ret = tell_int("end");
    for (int i = 0; i < many; ++i) ret = ret_to<&Node::got>(own, std::move(ret));
    defer(rt, [](const Ret<int>&) { FAIL(); }, std::move(ret));
  }
  EXPECT_EQ(told(), "end!runtime ended") << "as the runtime ended";
}

// ---- Fwds
Fwd<int> chain_of_fwds(int length) {
  Fwd<int> fwd = fwd_do([](int v) { say("last", v); });
  for (int i = 0; i < length; ++i)
    fwd = fwd_do([](const Fwd<int>& next, int v) { next(v + 1); }, std::move(fwd));
  return fwd;
}
TEST_F(NestingTest, AMillionFwdsSendAndGo) {
  in_and_out(
      [](int links) {
        const Fwd<int> fwd = chain_of_fwds(links);
        fwd(0);
      },
      "last", true);
}
TEST_F(NestingTest, ValuesOfOneSenderKeepTheirOrder) {
  in_and_out(
      [](int) {
        const Fwd<int> end = fwd_do([](int v) { say("v", v); });
        Ret<int> ret = ret_do([](const Fwd<int>& to, Reply<int>) { to(1); }, end);
        for (int i = 0; i < 300; ++i) {
          ret = ret_do(
              [](Ret<int> next, const Fwd<int>& to, int number, Reply<int> r) {
                next(*r);
                if (number == 290 || number == 10) to(number);
              },
              std::move(ret), end, i);
        }
        ret(0);
      },
      "v1 v10 v290");
}

#if TROUPE_EXCEPTIONS
TEST_F(NestingTest, WhatTheyThrowComesOutOfTheOutermost) {
  const auto throws = [] {
    return ret_do([](const Reply<int>&) { throw std::runtime_error("deep"); });
  };
  Ret<int> ret = chain(&pass_on, 1000, throws());
  EXPECT_THROW(ret(1), std::runtime_error);
  Runtime rt;
  defer(rt, [](Ret<int> r) { r(1); }, chain(&pass_on, 1000, throws()));
  EXPECT_THROW(rt.run(), std::runtime_error);
  Ret<int> again = chain(&pass_on, 1000);
  again(1);
  EXPECT_EQ(told(), "last=1001") << "and nothing waits";
}
TEST_F(NestingTest, AValueWhoseMoveThrowsOnTheWayIsAFailure) {
  for (int at = 2;; ++at) {
    Ret<Touchy> ret = ret_do([](const Reply<Touchy>& r) { say(r ? "came" : r.error().text()); });
    for (int i = 0; i < 250; ++i) {
      ret = ret_do(
          [](Ret<Touchy> next, Reply<Touchy> r) {
            if (r)
              next.answer_with(std::addressof(*r));
            else
              next.fail(r.error());
          },
          std::move(ret));
    }
    Touchy value;
    Touchy::throws_at = at;
    ret(std::move(value));
    const bool came = std::exchange(Touchy::throws_at, 0) != 0;
    EXPECT_EQ(told(), came ? "came" : "failed: move") << at;
    if (!came) continue;
    EXPECT_GT(at, 250);
    break;
  }
  EXPECT_EQ(Touchy::live, 0);
}
#endif

}  // namespace nesting_test
}  // namespace troupe
