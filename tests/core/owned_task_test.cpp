// core/owned_task_test.cpp: the seam for coroutines, with a stand-in for one: dropped and parked
// with its actor.
#include <troupe/core/owned_task.hpp>

#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace owned_task_test {

using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::told;

using OwnedTaskTest = troupe_test::RecordedTest;

struct Host;
struct Stub : detail::OwnedTask {
  explicit Stub(std::string n, const detail::TaskKind& ops = no_ops)
      : OwnedTask(ops), name(std::move(n)) {}
  static constexpr detail::TaskKind no_ops{nullptr};
  std::string name;
};
struct Host {
  ~Host() { say("~host"); }
  void stop(Cx<Host>& cx) { cx.stop(); }
  void fail(Cx<Host>& cx) { cx.fail("host"); }
};

TEST_F(OwnedTaskTest, ATaskLeavesItsListFromAnyPlace) {
  detail::OwnedTask* list = nullptr;
  Stub a("a"), b("b"), c("c");
  a.link(list);
  b.link(list);
  c.link(list);
  EXPECT_EQ(list, &c);
  b.unlink();
  EXPECT_EQ(list, &c);
  EXPECT_EQ(c.next, &a);
  EXPECT_EQ(a.place, &c.next);
  c.unlink();
  a.unlink();
  EXPECT_EQ(list, nullptr);
}

TEST_F(OwnedTaskTest, TasksOfAnActorDieBeforeItsState) {
  Runtime rt;
  auto own = make_actor<Host>(rt, tell_end("end"));
  rt.run();
  detail::Box* box = detail::box_of(own);
  static constexpr detail::TaskHooks hooks{[](detail::OwnedTask* t, const ActorFail& why) noexcept {
                                             say(static_cast<Stub*>(t)->name, to_string(why.why()));
                                             t->unlink();
                                           },
                                           nullptr, nullptr, nullptr};
  static constexpr detail::TaskKind ops{&hooks};
  Stub a("a", ops), b("b", ops);
  for (Stub* stub : {&a, &b}) {
    stub->box = box;
    stub->link(box->tasks);
  }
  call<&Host::fail>(own);
  rt.run();
  EXPECT_EQ(told(), "bfailed afailed ~host end:failed(host)");
}

TEST_F(OwnedTaskTest, TasksOfARuntimeAreDroppedFirstAtItsEnd) {
  static constexpr detail::TaskHooks hooks{[](detail::OwnedTask* t, const ActorFail& why) noexcept {
                                             say("task!", to_string(why.why()));
                                             t->unlink();
                                           },
                                           nullptr, nullptr, nullptr};
  static constexpr detail::TaskKind ops{&hooks};
  Stub stub("task", ops);
  {
    Runtime rt;
    auto own = make_actor<Host>(rt, tell_end("end"));
    rt.run();
    call<&Host::stop>(own);
    stub.link(detail::kernel_of(rt).tasks.owned);
  }
  EXPECT_EQ(told(), "task!runtime ended ~host end:dropped");
}

}  // namespace owned_task_test
}  // namespace troupe
