// task/outside_run_test.cpp: a task that is woken, lost or made outside of a run gets a turn: the
// host is asked, once.
#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <troupe/task.hpp>

#include "support/alien.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace outside_run_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

using OutsideRunTest = troupe_test::BalancedTest;

std::coroutine_handle<> foreign;
struct Foreign {  // of another library: resumed by whoever has the handle
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const { foreign = h; }
  void await_resume() const {}
};

struct Hosted {
  Hosted() {
    rt.set_poll_waker([this] { ++asked; });
  }
  void run() {
    asked = 0;
    rt.run(rt.now() + 1ms);
  }
  int asked = 0;
  Runtime rt;
  Event event;
  std::optional<Ret<int>> ret;
  std::optional<Fwd<std::optional<int>>> fwd;
  TaskRef task;
};
Hosted* here;

struct Action {
  std::string_view name;
  Task<int> (*waits)();
  void (*act)(Hosted&);
  std::string_view then;
};

Task<int> waits_for_event() {
  co_await here->event.wait();
  co_return 1;
}
Task<int> waits_for_foreign() {
  co_await Foreign();
  co_return 2;
}
Task<int> waits_for_answer() {
  auto [value, ret] = push_pipe<int>(here->rt);
  here->ret = std::move(ret);
  co_return co_await std::move(value);
}
Task<int> hears_of_loss() {
  auto [value, ret] = push_pipe<int>(here->rt);
  here->ret = std::move(ret);
  const auto reply = co_await std::move(value).reply();
  co_return reply ? 0 : 4;
}
Task<int> waits_for_item() {
  auto [stream, fwd] = stream_pipe<int>(here->rt);
  here->fwd = std::move(fwd);
  const auto item = co_await stream.next();
  co_return item.value_or(0);
}
Task<int> hears_of_destruction() {
  const auto reply = co_await reply_of(Foreign());
  co_return reply ? 0 : 6;
}
Task<int> waits_for_stop() {
  const StopToken token = co_await stop_token();
  const StopCallback tell(token, [](Hosted* hosted) { hosted->event.set(); }, unsafe_borrow(here));
  co_await here->event.wait();
  co_return 7;
}

const Action actions[] = {
    {"an Event", &waits_for_event, [](Hosted& h) { h.event.set(); }, "task=1"},
    {"a foreign awaitable", &waits_for_foreign, [](Hosted&) { foreign.resume(); }, "task=2"},
    {"an answer", &waits_for_answer, [](Hosted& h) { (*std::exchange(h.ret, std::nullopt))(3); },
     "task=3"},
    {"an answer that does not come", &hears_of_loss, [](Hosted& h) { h.ret.reset(); }, "task=4"},
    {"an answer that drops the task", &waits_for_answer, [](Hosted& h) { h.ret.reset(); },
     "task!dropped"},
    {"a stream of a Fwd", &waits_for_item, [](Hosted& h) { (*h.fwd)(5); }, "task=5"},
    {"a foreign coroutine that is destroyed", &hears_of_destruction,
     [](Hosted&) { foreign.destroy(); }, "task=6"},
    {"a request to stop", &waits_for_stop, [](Hosted& h) { h.task.request_stop(); }, "task=7"},
};

TEST_F(OutsideRunTest, WhoeverIsWokenGetsATurn) {
  for (const Action& action : actions) {
    SCOPED_TRACE(action.name);
    Hosted h;
    here = &h;
    h.task = spawn(h.rt, action.waits, tell_int("task"));
    EXPECT_EQ(h.asked, 1) << "spawned";
    h.run();
    EXPECT_EQ(told(), "");
    EXPECT_EQ(h.asked, 0);
    action.act(h);
    EXPECT_EQ(h.asked, 1);
    h.run();
    EXPECT_EQ(told(), action.then);
  }
}

// A coroutine of another library runs outside of any turn, where a callback of the host's resumes
// it.
struct Leaver {
  static troupe_test::Alien<int> says(Cx<Leaver>& cx, bool fails) {
    co_await Foreign();
    fails ? cx.fail("mine") : cx.stop();
    co_await Foreign();
    co_return 1;
  }
  Task<> work(Cx<Leaver>& cx, bool fails) { co_await says(cx, fails); }
};
TEST_F(OutsideRunTest, AnActorThatSaysItsEndThereGetsATurnForIt) {
  for (const bool fails : {false, true}) {
    Hosted h;
    auto own = make_actor<Leaver>(h.rt, troupe_test::tell_end("end"));
    h.rt.set_park_limit(1s);
    call<&Leaver::work>(own, fails);
    h.run();
    EXPECT_EQ(h.asked, 0);
    foreign.resume();
    EXPECT_EQ(h.asked, 1);
    EXPECT_EQ(h.rt.next_wait(h.rt.now()), Duration::zero());
    EXPECT_FALSE(own.is_zombie());
    EXPECT_TRUE(h.rt.run_one());
    EXPECT_TRUE(own.is_zombie());
    EXPECT_EQ(told(), "") << "its task is parked";
    foreign.resume();
    h.run();
    EXPECT_EQ(told(), fails ? "end:failed(mine)" : "end:stopped");
  }
}

}  // namespace outside_run_test
}  // namespace troupe
