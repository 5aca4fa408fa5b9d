// task/stop_test.cpp: asking a task to stop, and what it knows of itself.
#include <troupe/task/stop.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"
#include "support/with_token.hpp"

namespace troupe {
namespace stop_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;
using troupe_test::with_token;

struct StopTest : troupe_test::RecordedTest {};

TEST_F(StopTest, ACancelledTaskTellsBeforeItsLocalsDie) {
  Runtime rt;
  const TaskRef ref = spawn(rt, with_token(), tell_int("end"));
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "stop ~local end!cancelled");
}

TEST_F(StopTest, ARequestLetsTheTaskGoOn) {
  Runtime rt;
  const TaskRef ref = spawn(rt, with_token(), tell_int("end"));
  rt.run();
  ref.request_stop();
  ref.request_stop();
  EXPECT_EQ(told(), "stop") << "once";
  run_virtual(rt);
  EXPECT_EQ(told(), "~local end=1");
}

TEST_F(StopTest, ARequestIsRememberedForALaterToken) {
  Runtime rt;
  const TaskRef ref = spawn(rt, with_token(), tell_int("end"));
  ref.request_stop();
  run_virtual(rt);
  EXPECT_EQ(told(), "stop ~local end=1");
}

TEST_F(StopTest, AnEndInTheUsualWayRequestsNothing) {
  Runtime rt;
  spawn(rt, with_token(), tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~local end=0");
}

TEST_F(StopTest, ALostReplyRequestsIt) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> v) -> Task<int> {
        const StopToken token = co_await stop_token();
        const StopCallback tells(token, [] { say("stop"); });
        co_return co_await v;
      },
      tell_int("end"), std::move(value));
  rt.run();
  { const Ret<int> dies_here = std::move(ret); }
  rt.run();
  EXPECT_EQ(told(), "stop end!dropped");
}

TEST_F(StopTest, ATokenOutlivesItsTaskAndItsRuntime) {
  StopToken kept;
  {
    Runtime rt;
    spawn(
        rt,
        [](Borrowed<StopToken> to) -> Task<> {
          to.get() = co_await stop_token();
          co_await sleep(1h);
        },
        ret_nop, unsafe_borrow(kept));
    rt.run();
    EXPECT_FALSE(kept.stop_requested());
  }
  EXPECT_TRUE(kept.stop_requested()) << "the runtime's end drops its tasks";
  EXPECT_FALSE(StopToken().stop_possible());
}

TEST_F(StopTest, ACallbackMayCancelItsOwnTaskAndOthers) {
  Runtime rt;
  static TaskRef self, other;
  other = spawn(rt, with_token(), tell_int("other"));
  self = spawn(
      rt,
      []() -> Task<int> {
        const SaysBye local("~self");
        const StopToken token = co_await stop_token();
        const StopCallback cancels(token, [] { self.cancel(), other.cancel(); });
        co_await sleep(1s);
        co_return 0;
      },
      tell_int("self"));
  rt.run();
  self.cancel();
  EXPECT_EQ(told(), "~self self!cancelled stop ~local other!cancelled");
  EXPECT_EQ(rt.live_tasks(), 0u);
  self = other = {};
}

TEST_F(StopTest, ATaskKnowsItself) {
  Runtime rt;
  const TaskRef ref = spawn(
      rt,
      []() -> Task<int> {
        const TaskRef self = co_await this_task();
        say("id", static_cast<long long>(self.id()));
        self.cancel();
        say("goes on");
        co_await sleep(1s);
        say("never");
        co_return 0;
      },
      tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "id1 goes on end!cancelled");
  EXPECT_TRUE(ref.done());
}

struct Worker {
  Task<> job(Cx<Worker>& cx, int seconds) {
    co_await sleep(std::chrono::seconds(seconds));
    say("job", seconds);
    if (seconds == 2) call<&Worker::last>(cx);
  }
  void finish(Cx<Worker>& cx) { cx.stop_after_tasks(); }
  void last() { say("call"); }
  ~Worker() { say("~worker"); }
};

TEST_F(StopTest, AnActorMayWaitForItsTasks) {
  Runtime rt;
  const auto worker = make_actor<Worker>(rt, tell_end("worker"));
  call<&Worker::job>(worker, 1);
  call<&Worker::job>(worker, 3);
  call<&Worker::finish>(worker);
  call<&Worker::job>(worker, 2);
  run_virtual(rt);
  EXPECT_EQ(told(), "job1 job2 call job3 ~worker worker:stopped");
}

TEST_F(StopTest, AnActorWithoutTasksStopsSoon) {
  Runtime rt;
  const auto worker = make_actor<Worker>(rt, tell_end("worker"));
  call<&Worker::finish>(worker);
  call<&Worker::last>(worker);
  rt.run();
  EXPECT_EQ(told(), "call ~worker worker:stopped");
}

struct Keeper {  // gives a ref of its task out
  Task<> job(Cx<Keeper>&, Ret<TaskRef> ret) {
    ret(co_await this_task());
    co_await sleep(1h);
  }
  void finish(Cx<Keeper>& cx) {
    cx.stop_after_tasks();
    mine.cancel();
    say("handler goes on");
  }
  TaskRef mine;
  ~Keeper() { say("~keeper"); }
};

TEST_F(StopTest, TheLastTaskMayBeCancelledInAHandlerOfItsActor) {
  Runtime rt;
  const auto keeper = make_actor<Keeper>(rt, tell_end("keeper"));
  static TaskRef ref;
  call<&Keeper::job>(keeper, ret_some_do([](TaskRef r) { ref = r; }));
  rt.run();
  call(keeper, [](Keeper& k, TaskRef r) { k.mine = r; }, ref);
  call<&Keeper::finish>(keeper);
  rt.run();
  EXPECT_EQ(told(), "handler goes on ~keeper keeper:stopped");
  ref = {};
}

}  // namespace stop_test
}  // namespace troupe
