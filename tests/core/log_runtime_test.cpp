// core/log_runtime_test.cpp: what a runtime and its actors log.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/core/log_sinks.hpp>
#include <vector>

// Not anonymous: the names of these types appear in what is expected, without spaces.
namespace stage {

using namespace troupe;

class Grump {
 public:
  void complain(Cx<Grump>& cx) { log(cx, LogLevel::warn, "target", "Warning", kv("num", 1234)); }
  void mention(Cx<Grump>& cx) { info(cx, "not heard"); }
  void give_up(Cx<Grump>& cx) { cx.fail("Called give_up"); }
};

class Boss {
 public:
  explicit Boss(Cx<Boss>& cx) : grump_(make_actor<Grump>(cx, ret_nop)) {}

 private:
  ActorOwn<Grump> grump_;
};

#if TROUPE_EXCEPTIONS
struct Thrower {
  void boom() { throw std::runtime_error("boom"); }
  void fails_and_throws(Cx<Thrower>& cx) {
    cx.fail("first");
    throw std::runtime_error("second");
  }
};
struct NeverMade {
  NeverMade() { throw std::runtime_error("not made"); }
};
struct Holder {
  Ret<int> ret{ret_nop};
  void keep(Ret<int> r) { ret = std::move(r); }
};
#endif

}  // namespace stage

namespace troupe {
namespace log_runtime_test {

using namespace std::chrono_literals;
using stage::Boss;
using stage::Grump;

class LogRuntime : public testing::Test {
 protected:
  void collect(LogFilter filter) {
    rt.set_logger(filter,
                  [this](Core&, const LogRecord& record) { lines.push_back(shown(record)); });
  }
  static std::string shown(const LogRecord& record) {
    std::string line(log_level_name(record.level));
    line += ' ';
    append_text_message(line, record);
    return line;
  }

  using Lines = std::vector<std::string>;
  const std::string grump{type_name<Grump>};
  const std::string boss{type_name<Boss>};
  Lines lines;
  Runtime rt;
};

TEST_F(LogRuntime, TheLifeOfAnActor) {
  rt.set_logger(LogFilter::all({LogLevel::warn, LogLevel::audit, LogLevel::open}),
                [this](Core& core, const LogRecord& record) {
                  lines.push_back(shown(record));
                  if (record.level == LogLevel::close) core.shutdown(StopCause());
                });
  ActorOwn<Grump> actor = make_actor<Grump>(rt, ret_nop);
  call<&Grump::complain>(actor);
  call<&Grump::mention>(actor);
  call<&Grump::give_up>(actor);
  rt.run();
  EXPECT_EQ(lines,
            (Lines{"OPEN #1 " + grump, "WARN #1 [target] Warning num=1234",
                   "ERROR #1 Called give_up actor=" + grump, "CLOSE #1 Called give_up failed"}));
  EXPECT_FALSE(rt.not_shutdown()) << "a sink may use the core";
  lines.clear();
  rt.set_log_filter(LogLevel::error);
  EXPECT_EQ(lines, (Lines{"INFO #0 Logging level changed filter=LogFilter(ERROR)"}))
      << "although INFO was off";
}

TEST_F(LogRuntime, ChildrenNameTheirParent) {
  collect(LogLevel::open);
  {
    ActorOwn<Boss> actor = make_actor<Boss>(rt, ret_nop);
    rt.run();
  }
  rt.run();
  EXPECT_EQ(lines, (Lines{"OPEN #1 " + boss, "OPEN #2 " + grump + " parent=1", "CLOSE #1 dropped",
                          "CLOSE #2 dropped"}));
}

TEST_F(LogRuntime, TheCoreLogsWithoutId) {
  rt.set_systime(SystemTime{5s});
  std::vector<std::optional<SystemTime>> times;
  rt.set_logger(LogLevel::info, [&](Core&, const LogRecord& record) {
    lines.push_back(shown(record));
    times.push_back(record.systime);
  });
  info(rt, "from the host");
  info(rt.core(), "from the core");
  EXPECT_EQ(lines, (Lines{"INFO #0 from the host", "INFO #0 from the core"}));
  EXPECT_EQ(times, (std::vector<std::optional<SystemTime>>(2, SystemTime{5s})));
}

TEST_F(LogRuntime, SpansAndActorsShareTheirIds) {
  collect(LogLevel::open);
  const std::uint64_t span = open_span(rt, "span");
  ActorOwn<Grump> actor = make_actor<Grump>(rt, ret_nop);
  EXPECT_NE(span, actor.id());
  close_span(rt, span, "");
}

TEST_F(LogRuntime, ASinkMayCallActorsAndLog) {
  ActorOwn<Grump> actor = make_actor<Grump>(rt, ret_nop);
  rt.run();
  rt.set_logger(LogLevel::info, [&](Core& core, const LogRecord& record) {
    lines.push_back(shown(record));
    if (record.text != "start") return;
    info(core, "from the sink");
    call<&Grump::complain>(actor);
  });
  info(rt, "start");
  EXPECT_EQ(lines, (Lines{"INFO #0 start", "INFO #0 from the sink"}));
  rt.run();
  EXPECT_EQ(lines.back(), "WARN #1 [target] Warning num=1234");
}

// ---- before a logger is set

// What a program writes to standard error, without the time of each line.
std::string heard_of(void (*program)()) {
  testing::internal::CaptureStderr();
  program();
  std::string heard = testing::internal::GetCapturedStderr(), shown;
  while (!heard.empty()) {
    const std::string line = heard.substr(0, heard.find('\n') + 1);
    heard.erase(0, line.size());
    shown += line.substr(line.find(' ') + 1);
  }
  return shown;
}

TEST(LogByDefault, AFailedActorIsHeard) {
  EXPECT_EQ(heard_of([] {
              Runtime rt;
              const auto actor = make_actor<Grump>(rt, ret_nop);
              call<&Grump::complain>(actor);
              call<&Grump::give_up>(actor);
              rt.run();
            }),
            "ERROR #1 Called give_up actor=stage::Grump\n");
}

TEST(LogByDefault, AnEmptySinkSilences) {
  EXPECT_EQ(heard_of([] {
              Runtime rt;
              rt.set_logger(LogLevel::error, nullptr);
              const auto actor = make_actor<Grump>(rt, ret_nop);
              call<&Grump::give_up>(actor);
              rt.run();
            }),
            "");
}

TEST(LogByDefault, WhoIsKilledOrDroppedHasNotFailed) {
  EXPECT_EQ(heard_of([] {
              Runtime rt;
              auto one = make_actor<Grump>(rt, ret_nop), two = make_actor<Grump>(rt, ret_nop);
              one.kill("enough");
              two = {};
              rt.run();
            }),
            "");
}

#if TROUPE_EXCEPTIONS
using stage::Holder;
using stage::NeverMade;
using stage::Thrower;

TEST(LogByDefault, WhatHandlersAndConstructorsThrowIsHeard) {
  EXPECT_EQ(heard_of([] {
              Runtime rt;
              const auto one = make_actor<Thrower>(rt, ret_nop),
                         two = make_actor<Thrower>(rt, ret_nop);
              const auto three = make_actor<NeverMade>(rt, ret_nop);
              call<&Thrower::boom>(one);
              call<&Thrower::fails_and_throws>(two);
              rt.run();
            }),
            "ERROR #3 not made actor=stage::NeverMade\n"
            "ERROR #1 boom actor=stage::Thrower\n"
            "ERROR #2 second actor=stage::Thrower\n"
            "ERROR #2 first actor=stage::Thrower\n");
}

TEST(LogByDefault, EachRuntimeOfAThreadSpeaksForItself) {
  EXPECT_EQ(heard_of([] {
              Runtime one, two, three;
              two.set_logger(LogLevel::off, nullptr);
              const auto a = make_actor<Thrower>(one, ret_nop),
                         b = make_actor<Thrower>(two, ret_nop),
                         c = make_actor<Thrower>(three, ret_nop),
                         d = make_actor<Thrower>(three, ret_nop);
              for (const auto& actor : {a.actor(), b.actor(), c.actor(), d.actor()})
                call<&Thrower::boom>(actor);
              for (Runtime* rt : {&two, &three, &one}) rt->run();
            }),
            "ERROR #1 boom actor=stage::Thrower\n"
            "ERROR #2 boom actor=stage::Thrower\n"
            "ERROR #1 boom actor=stage::Thrower\n");
}

TEST(LogByDefault, WhatNoRunThrowsAnyMoreIsHeardAsTheRuntimeEnds) {
  static constexpr auto throws = [](Reply<int>) { throw std::runtime_error("out of a body"); };
  const std::string line =
      "ERROR #0 out of a body where=\"the function of a Ret, a Fwd or a hook\"\n";
  EXPECT_EQ(heard_of([] {
              Runtime rt;
              defer(rt, [](Ret<int>) {}, ret_do(throws));
              rt.run_one();
            }),
            line)
      << "queued, to be thrown by the next run";
  EXPECT_EQ(heard_of([] {
              Runtime rt;
              const auto holder = make_actor<Holder>(rt, ret_nop);
              call<&Holder::keep>(holder, ret_do(throws));
              rt.run();
              call<&Holder::keep>(holder, ret_do(throws));
            }),
            line + line)
      << "in the end of the queue, and in that of an actor";
  EXPECT_EQ(heard_of([] {
              Runtime rt;
              rt.set_max_queued(1);
              defer(rt, [](Core& core) {
                for (int i = 0; i < 300; ++i) defer(core, [] {});
                for (int i = 0; i < 3; ++i) const Ret<int> dies_here = ret_do(throws);
              });
              rt.run_one();
            }),
            line + line + line)
      << "where the queue has no room";
  EXPECT_EQ(heard_of([] {
              Runtime rt;
              defer(rt, [](Ret<int>) {}, ret_do(throws));
              EXPECT_THROW(rt.run(), std::runtime_error);
            }),
            "")
      << "what a run throws is the host's";
}
#endif

}  // namespace log_runtime_test
}  // namespace troupe
