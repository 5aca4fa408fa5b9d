// task/ask_test.cpp: asking actors: by Ret, by Task, by value; late answers, no answers, and askers
// that go.
#include <troupe/task/ask.hpp>

#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace ask_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

using AskTest = troupe_test::BalancedTest;

struct Server {
  void by_ret(Cx<Server>&, int v, Ret<int> ret) { ret(v + 1); }
  void late(Ret<int> ret) { kept = std::move(ret); }
  void now(int v) {
    say("wanted", kept.is_wanted());
    kept(v);
  }
  void forget(Ret<int>) {}
  int by_value(int v) const { return v + 2; }
  void nothing() { say("nothing"); }
  Task<int> by_task(Cx<Server>&, int v) {
    co_await sleep(1s);
    co_return v + 3;
  }
  Task<int> never(Cx<Server>&) {
    const SaysBye local("~never");
    co_await sleep(1000s);
    co_return 0;
  }
  void stop(Cx<Server>& cx) { cx.stop(); }
  void two(Ret<int, std::string> ret) { ret(1, "one"); }
  Ret<int> kept = nullptr;
};

TEST_F(AskTest, EachWayToAnswer) {
  Runtime rt;
  auto server = make_actor<Server>(rt, ret_nop);
  spawn(
      rt,
      [](Core& core, Actor<Server> s) -> Task<int> {
        const int a = co_await ask<&Server::by_ret>(s, 1);
        const int b = co_await ask<&Server::by_value>(s, 1);
        const Instant before = core.now();
        const int c = co_await ask<&Server::by_task>(s, 1);
        EXPECT_EQ(core.now() - before, 1s);
        co_await ask<&Server::nothing>(s);
        const std::tuple<int, std::string> two = co_await ask<&Server::two>(s);
        say(std::get<1>(two));
        co_return a * 100 + b * 10 + c;
      },
      tell_int("end"), server.actor());
  run_virtual(rt);
  EXPECT_EQ(told(), "nothing one end=234");
}

TEST_F(AskTest, AHandlerMayAnswerLater) {
  Runtime rt;
  auto server = make_actor<Server>(rt, ret_nop);
  spawn(
      rt, [](Actor<Server> s) -> Task<int> { co_return co_await ask<&Server::late>(s); },
      tell_int("end"), server.actor());
  rt.run();
  EXPECT_EQ(told(), "");
  call<&Server::now>(server, 9);
  rt.run();
  EXPECT_EQ(told(), "wanted1 end=9");
}

TEST_F(AskTest, ALostAnswerEndsTheTaskOrIsTold) {
  Runtime rt;
  auto server = make_actor<Server>(rt, ret_nop);
  spawn(
      rt, [](Actor<Server> s) -> Task<int> { co_return co_await ask<&Server::forget>(s); },
      tell_int("drop"), server.actor());
  spawn(
      rt,
      [](Actor<Server> s) -> Task<int> {
        const auto r = co_await ask<&Server::forget>(s).reply();
        co_return r ? 1 : 0;
      },
      tell_int("reply"), server.actor());
  rt.run();
  EXPECT_EQ(told(), "drop!dropped reply=0");
}

#if TROUPE_EXCEPTIONS
Task<int> asks_for_a_value(Actor<Server> s) {
  const SaysBye local("~local");
  const int v = co_await ask<&Server::by_ret>(s, 1).value();
  say("got", v);
  try {
    co_return co_await ask<&Server::forget>(s).value();
  } catch (const ActorFailed& f) {
    say(f.what());
  }
  try {
    co_return co_await ask<&Server::never>(s).value();
  } catch (const ActorFailed& f) {
    say(f.what());
  }
  co_await ask<&Server::nothing>(s).value();  // it has ended
  say("never");
  co_return v;
}
TEST_F(AskTest, InModeValueALossIsThrown) {
  Runtime rt;
  auto server = make_actor<Server>(rt, ret_nop);
  spawn(rt, asks_for_a_value(server), tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "got2 dropped");
  server.kill("enough");
  rt.run();
  EXPECT_EQ(told(), "~never enough ~local end!failed")
      << "what nobody catches is the task's own failure";
}
#endif

TEST_F(AskTest, AnActorThatEndsAnswersItsAskers) {
  Runtime rt;
  auto server = make_actor<Server>(rt, tell_end("server"));
  spawn(
      rt, [](Actor<Server> s) -> Task<int> { co_return co_await ask<&Server::never>(s); },
      tell_int("end"), server.actor());
  rt.run();
  call<&Server::stop>(server);
  rt.run();
  EXPECT_EQ(told(), "~never server:stopped end!lost");
  spawn(
      rt, [](Actor<Server> s) -> Task<int> { co_return co_await ask<&Server::by_value>(s, 1); },
      tell_int("dead"), server.actor());
  rt.run();
  EXPECT_EQ(told(), "dead!lost");
}

TEST_F(AskTest, AnAskerThatGoesIsNoLongerWanted) {
  Runtime rt;
  auto server = make_actor<Server>(rt, ret_nop);
  const TaskRef asker = spawn(
      rt, [](Actor<Server> s) -> Task<int> { co_return co_await ask<&Server::late>(s); },
      tell_int("end"), server.actor());
  rt.run();
  asker.cancel();
  call<&Server::now>(server, 9);
  rt.run();
  EXPECT_EQ(told(), "end!cancelled wanted0");
}

TEST_F(AskTest, AnAskThatIsNeverAwaitedCallsNobody) {
  Runtime rt;
  auto server = make_actor<Server>(rt, ret_nop);
  {
    auto unused = ask<&Server::nothing>(server);
    (void)unused;
  }
  rt.run();
  EXPECT_EQ(told(), "");
}

}  // namespace ask_test
}  // namespace troupe
