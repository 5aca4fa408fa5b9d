// core/ret_do_test.cpp: answers that run a function, end the program, or fail an actor.
#include <troupe/core/ret_do.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"
#include "support/throwing.hpp"

namespace troupe {
namespace ret_do_test {

using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::told;
using troupe_test::Touchy;

using RetDoTest = troupe_test::RecordedTest;

TEST_F(RetDoTest, RunsWhereItIsAnswered) {
  Ret<int> value = ret_do([](Reply<int> r) { say("value", *r); });
  value(3);
  Ret<> none = ret_do([](Reply<> r) { say(r ? "ok" : "no"); });
  none();
  Ret<int, std::string> two = ret_do([](Reply<int, std::string> r) {
    if (r) say(std::get<1>(*r), std::get<0>(*r));
  });
  two(2, "two");
  Ret<int> some = ret_some_do([](const std::string& s, int v) { say(s, v); }, std::string("some"));
  some(4);
  EXPECT_EQ(told(), "value3 ok two2 some4");
}

void plain_function(int bound, Reply<int> r) { say("f" + std::to_string(bound), *r); }
struct FunctionObject {
  int field;
  void operator()(Reply<int> r) const { say("o" + std::to_string(field), *r); }
};

TEST_F(RetDoTest, TakesFunctionsObjectsGenericAndEscapedLambdas) {
  Ret<int> f = ret_do(&plain_function, 1);
  f(10);
  Ret<int> o = ret_do(FunctionObject{2});
  o(20);
  Ret<int> g =
      ret_do<int>([](auto bound, auto reply) { say("g" + std::to_string(bound), *reply); }, 3);
  g(30);
  int seen = 0;
  Ret<int> captured = ret_do<int>(unsafe_capture([&seen](Reply<int> r) { seen = *r; }));
  captured(40);
  EXPECT_EQ(told(), "f110 o220 g330");
  EXPECT_EQ(seen, 40);
}

TEST_F(RetDoTest, BoundArgumentsDieOnceAlsoUnrun) {
  auto counted = std::make_shared<int>(0);
  {
    Ret<int> some = ret_some_do([](const std::shared_ptr<int>&, int) { say("never"); }, counted);
    Ret<int> large = ret_do<int>(
        [](const std::shared_ptr<int>&, const std::string&, Reply<int>) { say("large"); }, counted,
        std::string(50, 'x'));
    EXPECT_EQ(counted.use_count(), 3);
  }
  EXPECT_EQ(counted.use_count(), 1);
  EXPECT_EQ(told(), "large");
}

TEST_F(RetDoTest, WorksInsideAndOutsideOfRunsAlike) {
  static Ret<int> kept = ret_nop;  // made inside a run, in its pool; answered when that has gone
  {
    Runtime rt;
    defer(rt, [] {
      kept =
          ret_do<int>([](const std::string& s, Reply<int> r) { say(s, *r); }, std::string(40, 'k'));
    });
    rt.run();
  }
  kept(1);
  EXPECT_EQ(told(), std::string(40, 'k').append("1"));
}

TEST_F(RetDoTest, ABodyMayAnswerAnotherAndDropItself) {
  Ret<int> inner = troupe_test::tell_int("inner");
  Ret<int> outer = ret_do<int>([](Ret<int> next, Reply<int> r) { next(*r + 1); }, std::move(inner));
  outer(1);
  EXPECT_EQ(told(), "inner=2");
}

#if TROUPE_EXCEPTIONS
TEST_F(RetDoTest, AnExceptionOutsideOfAnyRunPassesThroughAnAnswer) {
  Ret<int> ret = ret_do([](Reply<int>) { throw std::runtime_error("body"); });
  EXPECT_THROW(ret(1), std::runtime_error);
}

void tell(std::string_view name, const ActorFail* why) {
  say(name, ":");
  troupe_test::line().append(why ? why->text() : "came");
}
template <class R> void tell_reply(std::string_view name, const R& reply) {
  tell(name, reply ? nullptr : std::addressof(reply.error()));
}
// Answers once for each of the value's moves, which throws: until it comes. How often it did not?
template <class MakeRet> int answer_throwing(MakeRet make) {
  for (int failed = 0;; ++failed) {
    Ret<Touchy, int> ret = make();
    Touchy value;
    Touchy::throws_at = failed + 2;  // the first is into the call
    ret(std::move(value), 1);
    const bool came = std::exchange(Touchy::throws_at, 0) != 0;
    if (came || failed == 9) return failed;
  }
}

TEST_F(RetDoTest, AValueWhoseMoveThrowsIsAFailure) {
  Runtime rt;
  defer(rt, [] {
    int failed = answer_throwing([] {
      return ret_do<Touchy, int>([](const Reply<Touchy, int>& r) { tell_reply("lent", r); });
    });
    EXPECT_EQ(told(), failed == 1 ? "lent:failed: move lent:came" : "no");
    failed = answer_throwing(
        [] { return ret_do<Touchy, int>([](Reply<Touchy, int> r) { tell_reply("own", r); }); });
    EXPECT_EQ(told(), failed == 1 ? "own:failed: move own:came" : "no")
        << "it is made where the parameter lies";
    failed = answer_throwing([] {
      return ret_do<Touchy, int>(
          [](Ret<int> owed, const Reply<Touchy, int>& r) {
            tell_reply("told", r);
            const Ret<int> dropped = std::move(owed);
          },
          Ret<int>(ret_do([](const Reply<int>& r) { tell_reply("owed", r); })));
    });
    EXPECT_EQ(told(),
              failed == 1 ? "told:failed: move owed:failed: move told:came owed:dropped" : "no");
  });
  EXPECT_NO_THROW(rt.run());
  EXPECT_EQ(Touchy::live, 0);
}

TEST_F(RetDoTest, AValueThatDoesNotComeOfItsOwnTypeIsThrownToWhoAnswers) {
  Ret<Touchy> ret = ret_do([](const Reply<Touchy>& r) { tell_reply("heard", r); });
  Touchy value;
  Touchy::throws_at = 1;
  EXPECT_THROW(ret(std::move(value)), std::runtime_error);
  EXPECT_EQ(told(), "");
  ret(std::move(value));
  EXPECT_EQ(told(), "heard:came") << "the Ret was not used up";
}

TEST_F(RetDoTest, AThrowingMoveIntoABodyThatHearsOfValuesOnlyComesOutOfRun) {
  Runtime rt;
  defer(rt, [] {
    EXPECT_EQ(
        answer_throwing([] { return ret_some_do<Touchy, int>([](Touchy, int) { say("came"); }); }),
        1);
  });
  EXPECT_THROW(rt.run(), std::runtime_error);
  EXPECT_EQ(told(), "came");
  EXPECT_EQ(Touchy::live, 0);
}
#endif

struct Child {
  void stop(Cx<Child>& cx) { cx.stop(); }
  void fail(Cx<Child>& cx) { cx.fail("child"); }
  void keep(Ret<int> r) { kept = std::move(r); }
  Ret<int> kept = ret_nop;
};
struct Parent {
  Parent(Cx<Parent>& cx, bool through)
      : child(make_actor<Child>(
            cx, through ? ret_failthru(cx) : Ret<StopCause>(ret_fail(cx, "lost a child")))) {}
  void stop_child() { call<&Child::stop>(child); }
  void fail_child() { call<&Child::fail>(child); }
  void drop_child() { child = {}; }
  void kill_child() { child.kill("killed"); }
  ActorOwn<Child> child;
};

TEST_F(RetDoTest, RetFailFailsTheParentWhateverComes) {
  Runtime rt;
  const auto end = [&](auto how) {
    auto parent = make_actor<Parent>(rt, tell_end("p"), false);
    how(parent);
    rt.run();
    EXPECT_EQ(told(), "p:failed(lost a child)");
  };
  end([](auto& p) { call<&Parent::stop_child>(p); });
  end([](auto& p) { call<&Parent::fail_child>(p); });
  end([](auto& p) { call<&Parent::drop_child>(p); });
  end([](auto& p) { call<&Parent::kill_child>(p); });
}

TEST_F(RetDoTest, RetFailthruFailsTheParentWithTheChildsErrorOnly) {
  Runtime rt;
  const auto end = [&](auto how, const char* expected) {
    auto parent = make_actor<Parent>(rt, tell_end("p"), true);
    how(parent);
    rt.run();
    parent = {};
    rt.run();
    EXPECT_EQ(told(), expected);
  };
  end([](auto& p) { call<&Parent::stop_child>(p); }, "p:dropped");
  end([](auto& p) { call<&Parent::fail_child>(p); }, "p:failed(child)");
  end([](auto& p) { call<&Parent::drop_child>(p); }, "p:dropped");
  end([](auto& p) { call<&Parent::kill_child>(p); }, "p:dropped");
}

struct Peer {  // hears of a child that is elsewhere
  void hear(Cx<Peer>& cx, StopCause cause) {
    Ret<StopCause> ret = ret_failthru(cx);
    ret(std::move(cause));
  }
  void forget(Cx<Peer>& cx) { const Ret<StopCause> dies = ret_failthru(cx); }
};
TEST_F(RetDoTest, RetFailthruFailsTheParentWithALostChildToo) {
  Runtime rt;
  const struct {
    StopCause cause;
    const char* expected;
  } cases[] = {
      {StopCause(StopCause::lost, Error("line cut")), "p:failed(line cut)"},
      {StopCause(StopCause::lost), "p:failed"},
      {StopCause(StopCause::killed, Error("killed")), "p:dropped"},
  };
  for (const auto& c : cases) {
    auto peer = make_actor<Peer>(rt, tell_end("p"));
    call<&Peer::hear>(peer, c.cause);
    rt.run();
    peer = {};
    rt.run();
    EXPECT_EQ(told(), c.expected);
    EXPECT_EQ(rt.live_rets(), 0u);
  }
  auto peer = make_actor<Peer>(rt, tell_end("p"));
  call<&Peer::forget>(peer);
  rt.run();
  EXPECT_EQ(told(), "") << "unanswered it says nothing";
  EXPECT_EQ(rt.live_rets(), 0u);
}

TEST_F(RetDoTest, FailuresWithoutAnAnswerLeaveNoReservedRoom) {
  Runtime rt;
  {
    auto parent = make_actor<Parent>(rt, ret_nop, true);
    auto other = make_actor<Parent>(rt, ret_nop, false);
    rt.run();
    EXPECT_EQ(rt.live_rets(), 2u);
  }
  rt.run();
  EXPECT_EQ(rt.live_rets(), 0u);
}

}  // namespace ret_do_test
}  // namespace troupe
