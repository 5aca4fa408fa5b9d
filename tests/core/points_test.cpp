// core/points_test.cpp: the points of behaviour that are easiest to get wrong, one test each.
//
// Those about tasks are in task/points_test.cpp; of those about threads, what the inbox decides is
// here. Where Troupe has its own rule, the test says so.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace points_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::told;

constexpr Instant at_s(int seconds) { return Instant(std::chrono::seconds(seconds)); }

using Points = troupe_test::RecordedTest;

struct Plain {
  explicit Plain(std::string n = "p") : name(std::move(n)) { say("+", name); }
  Plain(const Plain&) = delete;
  ~Plain() { say("~", name); }
  void work(int v) { say(name, v); }
  void stop(Cx<Plain>& cx) { cx.stop(); }
  void fail(Cx<Plain>& cx, const std::string& text) { cx.fail(text); }
  void fail_twice(Cx<Plain>& cx) {
    cx.fail("first");
    cx.fail("second");
    cx.stop();
    say("still");
  }
  void stop_then_fail(Cx<Plain>& cx) {
    cx.stop();
    cx.fail("late");
  }
  void keep(Ret<int> ret) { kept.push_back(std::move(ret)); }
  void hear(int tag, Reply<int> reply) {
    if (reply)
      say("heard" + std::to_string(tag) + "=", *reply);
    else
      say("heard" + std::to_string(tag) + "!" + std::string(to_string(reply.error().why())));
  }
  int get() { return 7; }
  std::string name;
  std::vector<Ret<int>> kept;
};

void defer_word(Core& core, const char* word) {
  defer(core, [](std::string w) { say(w); }, std::string(word));
}

TEST_F(Points, Point01_timers_join_behind_queued_items_and_before_what_those_defer) {
  Runtime rt;
  after(rt, 1s, [] { say("timer"); });
  defer(rt, [](Core& core) {
    say("queued1");
    defer_word(core, "child");
  });
  defer_word(rt, "queued2");
  rt.run(at_s(1));
  EXPECT_EQ(told(), "queued1 queued2 timer child");
}

TEST_F(Points, Point01_timers_fire_only_when_now_has_advanced) {
  Runtime rt(at_s(5));
  at(rt, at_s(6), [] { say("six"); });
  rt.run(at_s(5));
  rt.run(at_s(4));
  EXPECT_EQ(rt.now(), at_s(5)) << "an earlier instant is ignored";
  EXPECT_EQ(told(), "");
  rt.run(at_s(6));
  EXPECT_EQ(told(), "six");
  // One that is added within a run never fires in it, although its time has come.
  defer(rt, [](Core& core) { at(core, core.now(), [] { say("again"); }); });
  rt.run(at_s(6));
  rt.run(at_s(6));
  EXPECT_EQ(told(), "");
  rt.run(at_s(7));
  EXPECT_EQ(told(), "again");
}

TEST_F(Points, Point02_the_idle_item_runs_first_and_sees_the_old_now) {
  Runtime rt(at_s(1));
  idle(rt, [](Core& core) { say("idle", core.now() == at_s(1)); });
  defer(rt, [](Core& core) { say("main", core.now() == at_s(2)); });
  EXPECT_FALSE(rt.run(at_s(2), true));
  EXPECT_EQ(told(), "idle1 main1");
}

TEST_F(Points, Point03_one_idle_item_a_run_in_turn) {
  Runtime rt;
  for (int i = 1; i <= 3; ++i) idle(rt, [](int n) { say("idle", n); }, i);
  EXPECT_TRUE(rt.run(at_s(1))) << "idle items wait";
  EXPECT_EQ(told(), "") << "none runs unless asked";
  EXPECT_TRUE(rt.run(at_s(1), true));
  EXPECT_EQ(told(), "idle1");
  idle(rt, [](int n) { say("idle", n); }, 4);
  EXPECT_TRUE(rt.run(at_s(1), true));
  EXPECT_EQ(told(), "idle2");
  EXPECT_TRUE(rt.run(at_s(1), true));
  EXPECT_FALSE(rt.run(at_s(1), true));
  EXPECT_EQ(told(), "idle3 idle4");
  EXPECT_FALSE(rt.run(at_s(1), true));
}

TEST_F(Points, Point04_a_whole_lazy_batch_runs_before_its_main_children) {
  Runtime rt;
  defer(rt, [](Core& core) {
    lazy(core, [](Core& c) {
      say("L1");
      defer_word(c, "child");
      lazy(c, [] { say("L3"); });
    });
    lazy(core, [] { say("L2"); });
    defer_word(core, "main");
  });
  rt.run();
  EXPECT_EQ(told(), "main L1 L2 child L3");
}

struct Starter {
  static void start(Prep<Starter>& prep, int delay) {
    say("start");
    if (delay == 0)
      prep.ready();
    else
      after<&Starter::late>(prep, std::chrono::seconds(delay));
  }
  static void late(Prep<Starter>& prep) {
    say("late");
    prep.ready();
    say("built");
  }
  static void ready_and_stop(Prep<Starter>& prep) {
    prep.ready();
    prep.stop();
  }
  static void stop_and_ready(Prep<Starter>& prep) {
    prep.stop();
    prep.ready();
  }
  Starter() { say("+S"); }
  ~Starter() { say("~S"); }
  void work(int v) { say("w", v); }
  void stop(Cx<Starter>& cx) { cx.stop(); }
  void take(Ret<int> ret) { ret(1); }
};

TEST_F(Points, Point05_calls_held_in_prep_run_in_the_slot_that_makes_it_ready) {
  Runtime rt;
  auto own = make_actor_prep<&Starter::start>(rt, ret_nop, 1);
  call<&Starter::work>(own, 1);
  call<&Starter::work>(own, 2);
  rt.run();
  EXPECT_EQ(told(), "start");
  after(rt, 1s, [] { say("behind"); });
  rt.run(at_s(1));
  EXPECT_EQ(told(), "late +S built w1 w2 behind") << "ahead of everything else in the queue";
}

TEST_F(Points, Point05_death_amid_the_held_calls_drops_the_rest) {
  Runtime rt;
  auto own = make_actor_prep<&Starter::start>(rt, tell_end("s"), 0);
  call<&Starter::work>(own, 1);
  call<&Starter::stop>(own);
  call<&Starter::work>(own, 2);
  call<&Starter::take>(own, troupe_test::tell_int("ret"));
  defer_word(rt, "queue");
  rt.run();
  EXPECT_EQ(told(), "start +S w1 ~S s:stopped ret!lost queue");
}

TEST_F(Points, Point06_construction_is_never_synchronous) {
  Runtime rt;
  auto own = make_actor<Plain>(rt, ret_nop, std::string("a"));
  EXPECT_EQ(told(), "");
  EXPECT_FALSE(own.is_zombie());
  EXPECT_FALSE(query<&Plain::get>(rt, own).has_value()) << "it is in Prep";
  rt.run();
  EXPECT_EQ(told(), "+a");
  EXPECT_EQ(query<&Plain::get>(rt, own), 7);
  call<&Plain::stop>(own);
  rt.run();
  EXPECT_FALSE(query<&Plain::get>(rt, own).has_value());
  told();
}

TEST_F(Points, Point07_preparing_calls_behind_ready_are_dropped) {
  Runtime rt;
  auto own = make_actor_new<Starter>(rt, ret_nop);
  call<&Starter::start>(own, 0);
  call<&Starter::start>(own, 0);
  call<&Starter::late>(own);
  rt.run();
  EXPECT_EQ(told(), "start +S");
  own = {};
  rt.run();
  EXPECT_EQ(told(), "~S");
}

TEST_F(Points, Point08_the_state_is_destroyed_before_the_notice) {
  Runtime rt;
  auto a = make_actor<Plain>(rt, tell_end("a"), std::string("a"));
  call<&Plain::stop>(a);
  rt.run();
  EXPECT_EQ(told(), "+a ~a a:stopped");
  // Also where the original told first: a preparing handler that both makes the state and stops.
  // Here the state was built at once, so it dies at once, before the notice.
  auto b = make_actor_prep<&Starter::ready_and_stop>(rt, tell_end("b"));
  rt.run();
  EXPECT_EQ(told(), "+S ~S b:stopped");
  auto c = make_actor_prep<&Starter::stop_and_ready>(rt, tell_end("c"));
  call<&Starter::work>(c, 1);
  rt.run();
  EXPECT_EQ(told(), "c:stopped") << "what has said stop() in Prep never becomes ready";
}

struct Mirror {
  explicit Mirror(Cx<Mirror>& cx) : self(cx.this_actor()) {}
  ~Mirror() {
    say("zombie", self.is_zombie());
    call<&Mirror::never>(self);
  }
  void never() { say("never"); }
  void stop(Cx<Mirror>& cx) {
    cx.stop();
    say("alive", !self.is_zombie());
  }
  Actor<Mirror> self;
};

TEST_F(Points, Point09_it_is_a_zombie_in_its_own_destructor) {
  Runtime rt;
  auto own = make_actor<Mirror>(rt, ret_nop);
  call<&Mirror::stop>(own);
  rt.run();
  EXPECT_EQ(told(), "alive1 zombie1");
}

struct Child {
  Child(std::string n, int deeper, Cx<Child>& cx) = delete;
  Child(Cx<Child>& cx, std::string n, int deeper) : name(std::move(n)) {
    if (deeper > 0) below = make_actor<Child>(cx, tell_end(name + "c"), name + "c", deeper - 1);
  }
  ~Child() { say("~", name); }
  void stop(Cx<Child>& cx) { cx.stop(); }
  std::string name;
  ActorOwn<Child> below;
};
struct Owner {
  void ended(Reply<StopCause> cause) {
    say("owner:" + std::string(troupe_test::word(cause->kind())));
  }
  void adopt(Cx<Owner>& cx) {
    child = make_actor<Child>(cx, ret_to<&Owner::ended>(cx), std::string("a"), 2);
  }
  void stop_child() { call<&Child::stop>(child); }
  ActorOwn<Child> child;
};

TEST_F(Points, Point10_the_ends_of_children_are_queued_before_the_parents_notice) {
  Runtime rt;
  auto own = make_actor<Owner>(rt, ret_nop);
  call<&Owner::adopt>(own);
  rt.run();
  call<&Owner::stop_child>(own);
  rt.run();
  // The child's end precedes the notice of its parent, the grandchild's follows it.
  EXPECT_EQ(told(), "~a ~ac ac:dropped owner:stopped ~acc acc:dropped");
}

TEST_F(Points, Point11_the_first_cause_wins_and_is_told_once) {
  Runtime rt;
  auto a = make_actor<Plain>(rt, tell_end("a"), std::string("a"));
  call<&Plain::fail_twice>(a);
  call<&Plain::stop>(a);
  a.kill("too late");
  rt.run();
  a = {};
  rt.run();
  EXPECT_EQ(told(), "+a still ~a a:failed(first)");
  auto b = make_actor<Plain>(rt, tell_end("b"), std::string("b"));
  call<&Plain::stop_then_fail>(b);
  rt.run();
  EXPECT_EQ(told(), "+b ~b b:stopped");
  auto c = make_actor<Plain>(rt, tell_end("c"), std::string("c"));
  rt.run();
  c.kill("one");
  c.kill("two");
  call<&Plain::work>(c, 1);
  rt.run();
  EXPECT_EQ(told(), "+c ~c c:killed(one)");
}

TEST_F(Points, Point12_a_queued_kill_owns_the_actor) {
  Runtime rt;
  auto own = make_actor<Plain>(rt, tell_end("k"), std::string("k"));
  rt.run();
  own.kill("why");
  EXPECT_FALSE(own.is_zombie()) << "deferred";
  own = {};  // the last owner but for the kill
  rt.run();
  EXPECT_EQ(told(), "+k ~k k:killed(why)");
}

TEST_F(Points, Point13_the_drop_of_the_last_owner_is_deferred) {
  Runtime rt;
  auto own = make_actor<Plain>(rt, tell_end("d"), std::string("d"));
  rt.run();
  const Actor<Plain> weak = own;
  auto second = own.owned();
  own = {};
  rt.run();
  EXPECT_EQ(told(), "+d") << "another owner lives";
  second = {};
  EXPECT_FALSE(weak.is_zombie());
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_TRUE(weak.is_zombie());
  EXPECT_EQ(told(), "~d d:dropped");
}

TEST_F(Points, Point14_calls_queued_before_the_drop_still_run) {
  Runtime rt;
  Actor<Plain> weak;
  {
    auto own = make_actor<Plain>(rt, tell_end("e"), std::string("e"));
    call<&Plain::work>(own, 1);
    weak = own;
  }
  call<&Plain::work>(weak, 2);  // behind the drop
  rt.run();
  EXPECT_EQ(told(), "+e e1 ~e e:dropped");
}

TEST_F(Points, Point15_a_dropped_ret_runs_its_function_in_place) {
  {
    Ret<int> dropped = troupe_test::tell_int("r");
    say("before");
  }
  EXPECT_EQ(told(), "before r!dropped");
  {
    Ret<int> quiet = ret_some_do([](int v) { say("some", v); });
  }
  EXPECT_EQ(told(), "") << "ret_some_do hears values only";
}

TEST_F(Points, Point15_ret_panic_ignores_a_drop_and_ret_fail_does_not) {
  { Ret<int> harmless = ret_panic("an answer came"); }
  EXPECT_DEATH(
      {
        Ret<int> loud = ret_panic("an answer came");
        loud(1);
      },
      "an answer came");
  struct Parent {
    void hand_out(Cx<Parent>& cx, bool answer) {
      Ret<int> ret = ret_fail(cx, "child gone");
      if (answer) ret(1);
    }
  };
  Runtime rt;
  for (const bool answer : {false, true}) {
    auto own = make_actor<Parent>(rt, tell_end("p"));
    call<&Parent::hand_out>(own, answer);
    rt.run();
    EXPECT_EQ(told(), "p:failed(child gone)");
  }
}

TEST_F(Points, Point16_ret_shutdown_is_deferred) {
  Runtime rt;
  auto own = make_actor<Plain>(rt, ret_shutdown(rt), std::string("m"));
  call<&Plain::stop>(own);
  defer(rt, [](Core& core) {
    say("not_shutdown", core.not_shutdown());
    defer(core, [](Core& c) { say("shutdown", !c.not_shutdown()); });
  });
  rt.run();
  EXPECT_EQ(told(), "+m ~m not_shutdown1 shutdown1") << "the run goes on to its end";
  EXPECT_FALSE(rt.not_shutdown());
}

TEST_F(Points, Point16_a_dropped_ret_shutdown_says_dropped_and_the_last_one_wins) {
  Runtime rt;
  { Ret<StopCause> dropped = ret_shutdown(rt); }
  EXPECT_TRUE(rt.not_shutdown()) << "deferred";
  rt.run();
  EXPECT_EQ(rt.shutdown_reason().value(), StopCause::dropped);
  Ret<StopCause> one = ret_shutdown(rt);
  Ret<StopCause> two = ret_shutdown(rt);
  one(StopCause::stopped);
  two(StopCause(StopCause::failed, Error("two")));
  rt.run();
  const auto reason = rt.shutdown_reason();
  ASSERT_TRUE(reason.has_value());
  EXPECT_EQ(*reason, StopCause::failed);
  EXPECT_EQ(reason->error().text(), "two");
  EXPECT_TRUE(rt.not_shutdown()) << "the reason was taken: the loop may go on";
  EXPECT_FALSE(rt.shutdown_reason().has_value());
}

struct PrepParent {
  static void start(Prep<PrepParent>& prep) {
    Ret<int> to_ready = ret_to<&PrepParent::ready_style>(prep.this_actor(), 1);
    to_ready(10);
    Ret<int> to_prep = ret_to<&PrepParent::prep_style>(prep, 2);
    to_prep(20);
    { Ret<int> lost = ret_to<&PrepParent::ready_style>(prep.this_actor(), 3); }
  }
  static void prep_style(Prep<PrepParent>& prep, int tag, Reply<int> reply) {
    say("prep" + std::to_string(tag) + "=", *reply);
    after<&PrepParent::go>(prep, 1s);
  }
  static void go(Prep<PrepParent>& prep) { prep.ready(); }
  void ready_style(int tag, Reply<int> reply) {
    if (reply)
      say("ready" + std::to_string(tag) + "=", *reply);
    else
      say("ready" + std::to_string(tag) + "!" + std::string(to_string(reply.error().why())));
  }
};

TEST_F(Points, Point17_an_answer_for_a_ready_handler_waits_for_a_parent_in_prep) {
  Runtime rt;
  auto own = make_actor_prep<&PrepParent::start>(rt, ret_nop);
  rt.run();
  EXPECT_EQ(told(), "prep2=20");
  rt.run(at_s(1));
  EXPECT_EQ(told(), "ready1=10 ready3!dropped");
}

TEST_F(Points, Point18_timers_are_not_cancelled_by_death) {
  Runtime rt;
  auto own = make_actor<Plain>(rt, ret_nop, std::string("t"));
  rt.run();
  after<&Plain::keep>(own, 10s, troupe_test::tell_int("ret"));
  call<&Plain::stop>(own);
  rt.run();
  EXPECT_EQ(told(), "+t ~t");
  EXPECT_EQ(rt.live_timers(), 1u) << "it sits there, with its Ret, until it is due";
  rt.run(at_s(9));
  EXPECT_EQ(told(), "");
  rt.run(at_s(10));
  EXPECT_EQ(told(), "ret!lost");
  EXPECT_EQ(rt.live_timers(), 0u);
}

TEST_F(Points, Point19_a_timer_for_now_fires_with_the_next_greater_instant) {
  // Time is counted in nanoseconds: one nanosecond later is enough, and there is no farthest time.
  Runtime rt(at_s(5));
  at(rt, at_s(5), [] { say("now"); });
  at(rt, at_s(1), [] { say("past"); });
  rt.run(at_s(5));
  EXPECT_EQ(told(), "");
  EXPECT_EQ(rt.next_expiry(), at_s(5) + 1ns);
  rt.run(at_s(5) + 1ns);
  EXPECT_EQ(told(), "now past") << "both at that nanosecond, in the order of their making";
  at(rt, at_s(6), [] { say("exact"); });
  rt.run(at_s(6) - 1ns);
  EXPECT_EQ(told(), "") << "never early";
  rt.run(at_s(6));
  EXPECT_EQ(told(), "exact");
  const Instant far = at_s(6) + std::chrono::hours(100 * 24 * 365);
  at(rt, far, [] { say("far"); });
  EXPECT_EQ(rt.next_expiry(), far) << "no waypoints for a fixed timer";
  rt.run(far - 1ns);
  EXPECT_EQ(told(), "");
  rt.run(far);
  EXPECT_EQ(told(), "far");
}

// What another thread sends, as the bridges do it: a node for each word, and one for its end.
struct Sent : detail::Inbox::Node {
  explicit Sent(const char* w = "") : word(w) {
    run = [](detail::Inbox::Node* n) { say(static_cast<Sent*>(n)->word); };
  }
  const char* word;
};

TEST_F(Points, Point20_the_end_of_a_waker_replaces_no_wake) {
  // In the original a wake that is pending when its waker goes is lost: only the word that it has
  // gone arrives.
  Runtime rt;
  detail::Inbox& inbox = *detail::kernel_of(rt).inbox;
  int wakes = 0;
  rt.set_poll_waker([&] { ++wakes; });
  Sent wake("wake"), deleted("deleted");
  std::thread([&] {
    inbox.push(&wake);
    inbox.push(&deleted);
  }).join();
  EXPECT_EQ(wakes, 1) << "the second rides along";
  EXPECT_EQ(told(), "") << "never run on the other thread";
  rt.run();
  EXPECT_EQ(told(), "wake deleted");
  rt.run();
  EXPECT_EQ(told(), "") << "each once";
}

TEST_F(Points, Point21_messages_arrive_before_the_end_of_who_sent_them) {
  Runtime rt;
  detail::Inbox& inbox = *detail::kernel_of(rt).inbox;
  rt.set_poll_waker([] {});
  Sent one("one"), two("two"), term("term");
  defer(rt, [] { say("queued"); });
  std::thread([&] {
    for (Sent* sent : {&one, &two, &term}) inbox.push(sent);
  }).join();
  rt.run();
  EXPECT_EQ(told(), "one two term queued")
      << "ahead of the queue, in the order in which they were sent";
}

TEST_F(Points, Point21_a_thread_that_is_called_off_sees_it_although_data_waits) {
  // The original's thread hears of the cancel before it has read its data. Here the inbox is
  // closed: from then on a thread sees that, what it sends is ignored, and what had arrived before
  // is still there.
  detail::Inbox inbox;
  int wakes = 0;
  inbox.set_waker([&] { ++wakes; });
  Sent before("before"), after("after");
  bool seen_open = false, seen_closed = false;
  std::thread([&] {
    seen_open = inbox.is_open();
    inbox.push(&before);
  }).join();
  inbox.close();
  std::thread([&] {
    seen_closed = !inbox.is_open();
    inbox.push(&after);
  }).join();
  EXPECT_TRUE(seen_open && seen_closed);
  EXPECT_EQ(wakes, 1);
  EXPECT_TRUE(inbox.poll());
  EXPECT_EQ(told(), "before");
  EXPECT_FALSE(inbox.poll());
}

TEST_F(Points, Point22_what_the_logger_logs_is_queued_and_not_lost) {
  // The original drops it. The record about a changed filter is written whatever the filter.
  Runtime rt;
  std::vector<std::string> lines;
  rt.set_logger(LogFilter::all({LogLevel::warn}), [&](Core& core, const LogRecord& record) {
    const std::string text(record.text);
    if (text == "outer") warn(core, "inner");
    lines.push_back(text);
  });
  defer(rt, [](Core& core) {
    warn(core, "outer");
    warn(core, "next");
    info(core, "below the filter");
  });
  rt.run();
  EXPECT_EQ(lines, (std::vector<std::string>{"outer", "inner", "next"}));
  lines.clear();
  rt.set_log_filter(LogFilter::all({LogLevel::error}));
  EXPECT_EQ(lines, std::vector<std::string>{"Logging level changed"});
}

struct ThreeChildren {
  explicit ThreeChildren(Cx<ThreeChildren>& cx)
      : first(make_actor<Plain>(cx, tell_end("1"), std::string("1"))),
        second(make_actor<Plain>(cx, tell_end("2"), std::string("2"))) {}
  troupe_test::SaysBye top{"top"};
  ActorOwn<Plain> first, second;
  Ret<int> ret = troupe_test::tell_int("ret");
};

TEST_F(Points, Point25_members_die_last_to_first) {
  Runtime rt;
  auto own = make_actor<ThreeChildren>(rt, tell_end("p"));
  rt.run();
  told();
  own = {};
  rt.run();
  // The last declared member goes first: so its children end in the opposite order of their making.
  EXPECT_EQ(told(), "ret!dropped top p:dropped ~2 2:dropped ~1 1:dropped");
}

}  // namespace points_test
}  // namespace troupe
