// task/reply_test.cpp: pipes between a Ret and a task: both orders, the three failure modes, and
// who hears what.
#include <troupe/task/reply.hpp>

#include <gtest/gtest.h>

#include <coroutine>
#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace reply_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

using ReplyTest = troupe_test::BalancedTest;

Task<int> await_value(Value<int> value) {
  const SaysBye local("~local");
  const int v = co_await value;
  say("got", v);
  co_return v;
}
Task<int> await_reply(Value<int> value) {
  const auto r = co_await value.reply();
  say(r ? "value" : to_string(r.error().why()));
  co_return r ? *r : -1;
}

TEST_F(ReplyTest, AValueThatComesAfterTheAwaitResumesByTheQueue) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(rt, await_value(std::move(value)), tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "");
  EXPECT_TRUE(ret.is_wanted());
  ret(7);
  EXPECT_EQ(told(), "") << "never resumed inside the answer";
  rt.run();
  EXPECT_EQ(told(), "got7 ~local end=7");
}

TEST_F(ReplyTest, AValueThatIsThereAlreadyDoesNotSuspend) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  ret(7);
  spawn(rt, await_value(std::move(value)), tell_int("end"));
  EXPECT_EQ(told(), "") << "the first step is deferred";
  rt.run();
  EXPECT_EQ(told(), "got7 ~local end=7");
}

TEST_F(ReplyTest, AValueMayGoWhileItIsAwaited) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  std::optional<Value<int>> held(std::move(value));
  const auto waits = [](Borrowed<std::optional<Value<int>>> of) -> Task<> {
    const int n = co_await **of;
    say("got", n);
  };
  spawn(rt, waits, ret_nop, unsafe_borrow(held));
  rt.run();
  held.reset();
  ret(7);
  rt.run();
  EXPECT_EQ(told(), "got7");
}

TEST_F(ReplyTest, ADroppedRetEndsTheTaskAtItsAwait) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(rt, await_value(std::move(value)), tell_int("end"));
  rt.run();
  { const Ret<int> dies = std::move(ret); }
  EXPECT_EQ(told(), "") << "by an item of the queue, not in whoever drops";
  rt.run();
  EXPECT_EQ(told(), "~local end!dropped");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(ReplyTest, ARetDroppedBeforeTheAwaitEndsTheTaskThere) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  { const Ret<int> dies = std::move(ret); }
  spawn(rt, await_value(std::move(value)), tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "~local end!dropped");
}

TEST_F(ReplyTest, InModeReplyALossIsAValue) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(rt, await_reply(std::move(value)), tell_int("end"));
  rt.run();
  { const Ret<int> dies = std::move(ret); }
  rt.run();
  EXPECT_EQ(told(), "dropped end=-1");
}

#if TROUPE_EXCEPTIONS
TEST_F(ReplyTest, InModeValueALossIsThrown) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> v) -> Task<int> {
        try {
          co_return co_await v.value();
        } catch (const ActorFailed& f) {
          say(f.what());
        }
        co_return 1;
      },
      tell_int("end"), std::move(value));
  rt.run();
  { const Ret<int> dies = std::move(ret); }
  rt.run();
  EXPECT_EQ(told(), "dropped end=1");
}

TEST_F(ReplyTest, AnExceptionReachesTheTasksRet) {
  Runtime rt;
  spawn(
      rt,
      []() -> Task<int> {
        const SaysBye local("~local");
        co_await sleep(Duration(1));
        throw std::runtime_error("oops");
      },
      ret_do([](Reply<int> r) { say(r.error().error().text()); }));
  run_virtual(rt);
  EXPECT_EQ(told(), "~local oops");
}
#endif

TEST_F(ReplyTest, APullPipeAsksWhenItIsAwaited) {
  Runtime rt;
  Ret<int> asked = nullptr;
  auto request =
      ret_some_do([](Ret<int>* to, Ret<int> ret) { *to = std::move(ret); }, unsafe_borrow(&asked));
  spawn(
      rt,
      [](Ret<Ret<int>> req) -> Task<int> {
        auto pipe = pull_pipe<int>(std::move(req));
        say("before");
        co_return co_await std::move(pipe);
      },
      tell_int("end"), std::move(request));
  EXPECT_FALSE(asked);
  rt.run();
  EXPECT_EQ(told(), "before");
  ASSERT_TRUE(bool(asked));
  asked(3);
  rt.run();
  EXPECT_EQ(told(), "end=3");
}

TEST_F(ReplyTest, APullPipeThatIsNeverAwaitedTellsItsRequester) {
  Runtime rt;
  bool dropped = false;
  {
    auto pipe = pull_pipe<int>(
        ret_do([](bool* d, Reply<Ret<int>> r) { *d = !r; }, unsafe_borrow(&dropped)));
  }
  EXPECT_TRUE(dropped);
}

// ---- a pull pipe in each mode
enum class Ask : std::uint8_t { drop, reply, value };
Task<int> await_pull(Ask mode, Ret<Ret<int>> request) {
  const SaysBye local("~local");
  auto pipe = pull_pipe<int>(std::move(request));
  if (mode == Ask::reply) {
    const Reply<int> r = co_await std::move(pipe).reply();
    say(r ? "value" : to_string(r.error().why()));
    co_return r ? *r : -1;
  }
  if (mode == Ask::drop) co_return co_await std::move(pipe);
#if TROUPE_EXCEPTIONS
  try {
    co_return co_await std::move(pipe).value();
  } catch (const ActorFailed& f) {
    say("threw " + std::string(f.what()));
  }
#endif
  co_return -2;
}
constexpr Ask all_modes[] = {
    Ask::drop,
    Ask::reply,
#if TROUPE_EXCEPTIONS
    Ask::value,
#endif
};
constexpr const char* lost_in_mode[] = {"~local end!", " ~local end=-1", " ~local end=-2"};
std::string loss_in(Ask mode, const std::string& why) {  // what await_pull says of it
  const std::string words = lost_in_mode[static_cast<unsigned>(mode)];
  return mode == Ask::drop ? words + why : (mode == Ask::value ? "threw " : "") + why + words;
}
Ret<Ret<int>> keep_in(Ret<int>& to) {
  return ret_some_do([](Ret<int>* at, Ret<int> ret) { *at = std::move(ret); }, unsafe_borrow(&to));
}

TEST_F(ReplyTest, APullPipeGivesItsValueInEachMode) {
  for (const Ask mode : all_modes) {
    Runtime rt;
    Ret<int> asked = nullptr;
    spawn(rt, await_pull(mode, keep_in(asked)), tell_int("end"));
    rt.run();
    ASSERT_TRUE(bool(asked));
    EXPECT_TRUE(asked.is_wanted());
    asked(7);
    EXPECT_EQ(told(), "") << "never resumed inside the answer";
    rt.run();
    EXPECT_EQ(told(), mode == Ask::reply ? "value ~local end=7" : "~local end=7");
  }
}

TEST_F(ReplyTest, ADroppedAnswerOfAPullPipeInEachMode) {
  for (const Ask mode : all_modes) {
    Runtime rt;
    Ret<int> asked = nullptr;
    spawn(rt, await_pull(mode, keep_in(asked)), tell_int("end"));
    rt.run();
    { const Ret<int> dies = std::move(asked); }
    EXPECT_EQ(told(), "") << "by an item of the queue";
    rt.run();
    EXPECT_EQ(told(), loss_in(mode, "dropped"));
    EXPECT_EQ(rt.live_tasks(), 0u);
  }
}

TEST_F(ReplyTest,
       APullPipeWhoseRequestNobodyKeeps) {  // its answer is dropped while it is asked for
  for (const Ask mode : all_modes) {
    Runtime rt;
    spawn(rt, await_pull(mode, ret_nop), tell_int("nop"));
    rt.run();
    std::string expected = loss_in(mode, "dropped");
    expected.replace(expected.find("end"), 3, "nop");
    EXPECT_EQ(told(), expected);
    EXPECT_EQ(rt.live_tasks(), 0u);
  }
}

struct Asked {
  void get(Ret<int> ret) { kept = std::move(ret); }
  void fail(Cx<Asked>& cx) { cx.fail("broken"); }
  Ret<int> kept = nullptr;
};
TEST_F(ReplyTest, APullPipeWhoseRequestGoesToAnActorThatEnds) {
  for (const Ask mode : all_modes) {
    Runtime rt;
    auto asked = make_actor<Asked>(rt, ret_nop);
    spawn(rt, await_pull(mode, ret_some_to<&Asked::get>(asked)), tell_int("end"));
    rt.run();
    EXPECT_EQ(told(), "");
    call<&Asked::fail>(asked);
    rt.run();
    EXPECT_EQ(told(), loss_in(mode, mode == Ask::value ? "broken" : "failed"))
        << "it held the answer";
    spawn(rt, await_pull(mode, ret_some_to<&Asked::get>(asked)), tell_int("end"));
    rt.run();
    EXPECT_EQ(told(), loss_in(mode, "lost")) << "it never heard the request";
  }
}

TEST_F(ReplyTest, APullPipeIsCancelledBeforeTheAnswer) {
  for (const Ask mode : all_modes) {
    for (const bool answers : {true, false}) {
      Runtime rt;
      Ret<int> asked = nullptr;
      const TaskRef task = spawn(rt, await_pull(mode, keep_in(asked)), tell_int("end"));
      rt.run();
      task.cancel();
      EXPECT_EQ(told(), "~local end!cancelled");
      EXPECT_FALSE(asked.is_wanted());
      if (answers) asked(1);
      { const Ret<int> dies = std::move(asked); }
      rt.run();
      EXPECT_EQ(told(), "");
      EXPECT_EQ(rt.live_tasks(), 0u);
    }
  }
}

TEST_F(ReplyTest, APullPipeIsCancelledBetweenTheAnswerAndItsTurn) {
  for (const Ask mode : all_modes) {
    Runtime rt;
    Ret<int> asked = nullptr;
    const TaskRef task = spawn(rt, await_pull(mode, keep_in(asked)), tell_int("end"));
    rt.run();
    asked(1);
    task.cancel();
    EXPECT_EQ(told(), "~local end!cancelled");
    rt.run();
    EXPECT_EQ(told(), "");
  }
}

TEST_F(ReplyTest, ATaskThatIsDroppedNoLongerWantsItsAnswer) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  const TaskRef task = spawn(rt, await_value(std::move(value)), tell_int("end"));
  rt.run();
  EXPECT_TRUE(ret.is_wanted());
  task.cancel();
  EXPECT_EQ(told(), "~local end!cancelled");
  EXPECT_FALSE(ret.is_wanted());
  ret(1);
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(ReplyTest, CancelledAfterTheAnswerAndBeforeItsTurn) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  const TaskRef task = spawn(rt, await_value(std::move(value)), tell_int("end"));
  rt.run();
  ret(1);
  task.cancel();
  EXPECT_EQ(told(), "~local end!cancelled");
  rt.run();
  EXPECT_EQ(told(), "");
}

// Its move is code of the user, which may end who waits for it.
struct CancelsAsItMoves {
  explicit CancelsAsItMoves(const TaskRef& ref) : task(ref) {}
  CancelsAsItMoves(CancelsAsItMoves&& other) noexcept : task(std::move(other.task)) {
    task.cancel();
  }
  TaskRef task;
};
Task<int> await_one_that_cancels(Value<CancelsAsItMoves> value) {
  const SaysBye local("~local");
  const CancelsAsItMoves got = co_await value;
  say("got");
  co_return got.task.done();
}

TEST_F(ReplyTest, AnAnswerWhoseMoveCancelsWhoAwaitsIt) {
  Runtime rt;
  auto [value, ret] = push_pipe<CancelsAsItMoves>(rt);
  const TaskRef task = spawn(rt, await_one_that_cancels(std::move(value)), tell_int("end"));
  rt.run();
  ret(CancelsAsItMoves(task));
  EXPECT_EQ(told(), "~local end!cancelled");
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(ReplyTest, SeveralValuesAndNone) {
  Runtime rt;
  auto [pair, ret_pair] = push_pipe<int, std::string>(rt);
  auto [none, ret_none] = push_pipe<>(rt);
  ret_pair(1, "one");
  ret_none();
  spawn(
      rt,
      [](Value<int, std::string> p, Value<> n) -> Task<int> {
        co_await n;
        const std::tuple<int, std::string> got = co_await p;
        say(std::get<1>(got));
        co_return std::get<0>(got);
      },
      tell_int("end"), std::move(pair), std::move(none));
  rt.run();
  EXPECT_EQ(told(), "one end=1");
}

TEST_F(ReplyTest, TheRuntimesEndAnswersWhatWaits) {
  {
    Runtime rt;
    auto [value, ret] = push_pipe<int>(rt);
    spawn(rt, await_value(std::move(value)), tell_int("end"));
    rt.run();
    auto [later, keeps] = push_pipe<int>(rt);
    spawn(rt, await_value(std::move(later)), tell_int("fresh"));
    (void)ret_nop;
    const Ret<int> outlives = std::move(keeps);
    const Ret<int> too = std::move(ret);
    (void)too;
  }
  const std::string all = told();
  EXPECT_NE(all.find("end!"), std::string::npos);
  EXPECT_NE(all.find("fresh!"), std::string::npos);
}

// ---- in any mode, of anything
#if TROUPE_EXCEPTIONS
enum class At { ready, suspend, resume };
struct Throws {
  At at;
  bool await_ready() const {
    if (at == At::ready) throw std::runtime_error("ready");
    return false;
  }
  void await_suspend(std::coroutine_handle<> h) const {
    if (at == At::suspend) throw std::runtime_error("suspend");
    h.resume();
  }
  int await_resume() const {
    if (at == At::resume) throw std::runtime_error("resume");
    return 1;
  }
};
Task<int> throws_actor_failed() {
  co_await sleep(0s);
  throw ActorFailed(ActorFail(Why::overloaded));
}
Task<int> throws_text() {
  co_await sleep(0s);
  throw std::runtime_error("task");
}
Generator<int> yields_no_more() {
  co_yield 1;
  throw std::runtime_error("generator");
}
void say_failure(
    const ActorFail& why) {  // and what it carries: the exception itself, of its own type
  try {
    if (const std::exception_ptr carried = why.error().exception()) std::rethrow_exception(carried);
    say(to_string(why.why()));
  } catch (const std::runtime_error& e) {
    say(to_string(why.why()), e.what());
  }
}

TEST_F(ReplyTest, ALossAndAnExceptionAreValuesOfWhateverIsAwaited) {
  Runtime rt;
  spawn(rt, []() -> Task<> {
    const Throws ready{At::ready}, suspend{At::suspend}, resume{At::resume};
    const auto a = co_await reply_of(ready);
    say_failure(a.error());
    const auto b = co_await reply_of(suspend);
    say_failure(b.error());
    const auto c = co_await reply_of(resume);
    say_failure(c.error());
    const auto d = co_await reply_of(throws_text());
    say_failure(d.error());
    const auto e = co_await reply_of(all(throws_text(), sleep(1s)));
    say_failure(e.error());
    auto stream = yields_no_more();
    (void)co_await reply_of(stream.next());
    const auto f = co_await reply_of(stream.next());
    say_failure(f->error());
    const auto g =
        co_await reply_of(pull<int>([](Core&, Ret<int>) { throw std::runtime_error("start"); }));
    say_failure(g.error());
    const auto h = co_await reply_of(race(throws_actor_failed(), sleep(1s)));
    say_failure(h.error());
    const auto i = co_await reply_of(timeout(1s, suspend));
    say_failure(i.error());
  });
  run_virtual(rt);
  EXPECT_EQ(told(),
            "failedready failedsuspend failedresume failedtask failedtask failedgenerator "
            "failedstart overloaded "
            "failedsuspend");
}
#endif

TEST(ReplyDeathTest, AnAnswerIsTakenOnce) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> v) -> Task<> {
        co_await v;
        co_await v;
      },
      ret_nop, std::move(value));
  ret(1);
  EXPECT_DEATH(rt.run(), "an answer was awaited that had been taken before");
}

#if TROUPE_DEBUG
TEST(ReplyDeathTest, AMovedValueIsNotAwaited) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> v) -> Task<> {
        const Value<int> other = std::move(v);
        co_await v;
      },
      ret_nop, std::move(value));
  EXPECT_DEATH(rt.run(), "a Value was awaited that had been moved");
}
#endif

#if TROUPE_EXCEPTIONS
struct Stubborn {  // does not let itself be moved
  Stubborn() = default;
  Stubborn(Stubborn&&) { throw std::runtime_error("stays"); }
};
struct Stubborns {
  void get(Cx<Stubborns>&, Ret<Stubborn> ret) {
    ret(Stubborn());
    say("answered");
  }
};

TEST_F(ReplyTest, AnAnswerWhoseMoveThrowsIsAFailure) {
  Runtime rt;
  auto own = make_actor<Stubborns>(
      rt, ret_do([](const Reply<StopCause>& cause) { say(to_string((*cause).kind())); }));
  spawn(
      rt,
      [](Actor<Stubborns> a) -> Task<> {
        const auto r = co_await ask<&Stubborns::get>(a).reply();
        say(r ? "came" : r.error().text());
      },
      ret_nop, own.actor());
  rt.run();
  EXPECT_EQ(told(), "answered failed: stays");
  spawn(
      rt, [](Actor<Stubborns> a) -> Task<> { co_await ask<&Stubborns::get>(a); },
      ret_do([](const Reply<>& r) { say(r ? "came" : r.error().text()); }), own.actor());
  rt.run();
  EXPECT_EQ(told(), "answered failed: stays");
}
#endif

}  // namespace reply_test
}  // namespace troupe
