// core/lookup_test.cpp: plain names of the library's are its own, whatever the namespaces of the
// user's types have.
#include <gtest/gtest.h>

#include <troupe/core.hpp>

#include "support/greedy_names.hpp"
#include "support/recorder.hpp"

namespace greedy {

using troupe_test::say;

struct Base {
  virtual ~Base() = default;
  void based(troupe::Cx<Base>&, Value v) { say("based", v.number); }
};
struct Worker : Base {
  Worker(troupe::Cx<Worker>&, Value v) : kept(std::move(v)) {}
  static void prepare(troupe::Prep<Worker>& prep, Value v) { prep.ready(std::move(v)); }
  void take(troupe::Cx<Worker>&, Value v) { say("take", v.number); }
  void answer(troupe::Cx<Worker>&, troupe::Ret<Value> ret) { ret(Value(kept.number)); }
  void got(troupe::Cx<Worker>&, Value bound, troupe::Reply<Value> reply) {
    say("got", bound.number + reply->number);
  }
  void got_some(troupe::Cx<Worker>&, Value v) { say("some", v.number); }
  Value add(Value v) { return Value(kept.number + v.number); }
  void make(troupe::Cx<Worker>& cx) {
    (void)troupe::make_actor_in<&Worker::children>(cx, troupe::ret_nop, Value(1));
    say("children", static_cast<long long>(children.size()));
  }
  Value kept;
  troupe::ActorSlab<Worker> children;
};

}  // namespace greedy

namespace troupe {
namespace lookup_test {

using namespace std::chrono_literals;
using greedy::Base;
using greedy::Value;
using greedy::Worker;
using troupe_test::say;
using troupe_test::told;

TEST(LookupTest, WhatTheCoreCallsByAPlainNameIsItsOwn) {
  told();
  Runtime rt;
  const auto a = make_actor<Worker>(rt, ret_do([](Reply<StopCause>) {}), Value(1));
  const auto b = make_actor_prep<&Worker::prepare>(rt, ret_nop, Value(2));
  const auto c = make_actor_new<Worker>(rt, ret_nop);
  init(c, Value(3));
  call<&Worker::take>(a, Value(1));
  call<&Base::based>(Actor<Base>(b), Value(2));
  call(
      c, [](Worker& w, Cx<Worker>&, Value v) { say("called", w.kept.number + v.number); },
      Value(4));
  call<&Worker::make>(c);
  rt.run();
  EXPECT_EQ(told(), "take1 based2 called7 children1");
  lazy<&Worker::take>(a, Value(1));
  idle<&Worker::take>(a, Value(2));
  defer(rt, [](Core&, Value v) { say("deferred", v.number); }, Value(3));
  Deferrer(rt).defer([](Value v) { say("deferred", v.number); }, Value(4));
  rt.run(rt.now(), true);
  EXPECT_EQ(told(), "take2 deferred3 deferred4 take1");
  MaxTimerKey max;
  MinTimerKey min;
  after<&Worker::take>(a, 1s, Value(1));
  after(rt, 2s, [](Value v) { say("after", v.number); }, Value(2));
  timer_max<&Worker::take>(max, a, Instant(3s), Value(3));
  timer_min<&Worker::take>(min, a, Instant(4s), Value(4));
  run_virtual(rt);
  EXPECT_EQ(told(), "take1 after2 take3 take4");
  call<&Worker::answer>(a, ret_to<&Worker::got>(b, Value(10)));
  call<&Worker::answer>(a, ret_some_to<&Worker::got_some>(b));
  call<&Worker::answer>(
      a,
      ret_do([](Value, Reply<Value> r) { say("do", r->number); }, Value(0)).with_timeout(rt, 1s));
  call<&Worker::answer>(a, ret_some_do([](Value, Value v) { say("some_do", v.number); }, Value(0)));
  fwd_to<&Worker::take>(a)(Value(5));
  fwd_do([](Value v) { say("fwd", v.number); })(Value(6));
  FwdSet<Value> all;
  all.add(fwd_do([](Value v) { say("set", v.number); }));
  all(Value(7));
  rt.run();
  EXPECT_EQ(told(), "fwd6 set7 do1 some_do1 take5 got11 some1");
  const auto sum = query<&Worker::add>(rt, a, Value(1));
  EXPECT_EQ(sum->number, 2);
  watch(a, ret_do([](Value v, Reply<StopCause>) { say("ended", v.number); }, Value(1)));
  a.kill("at the end");
  rt.run();
  EXPECT_EQ(told(), "ended1");
}

}  // namespace lookup_test
}  // namespace troupe
