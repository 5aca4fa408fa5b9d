// core/log_runtime_test.cpp: what a runtime and its actors log.
#include <gtest/gtest.h>

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

}  // namespace stage

namespace troupe {
namespace {

using namespace std::chrono_literals;
using stage::Boss;
using stage::Grump;

class LogRuntime : public testing::Test {
 protected:
  void collect(LogFilter filter) {
    rt.set_logger(filter, [this](Core&, const LogRecord& record) { lines.push_back(shown(record)); });
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
  EXPECT_EQ(lines, (Lines{"OPEN #1 " + grump, "WARN #1 [target] Warning num=1234",
                          "ERROR #1 Called give_up actor=" + grump, "CLOSE #1 Called give_up failed"}));
  EXPECT_FALSE(rt.not_shutdown()) << "a sink may use the core";
  lines.clear();
  rt.set_log_filter(LogLevel::error);
  EXPECT_EQ(lines, (Lines{"INFO #0 Logging level changed filter=LogFilter(ERROR)"})) << "although INFO was off";
}

TEST_F(LogRuntime, ChildrenNameTheirParent) {
  collect(LogLevel::open);
  {
    ActorOwn<Boss> actor = make_actor<Boss>(rt, ret_nop);
    rt.run();
  }
  rt.run();
  EXPECT_EQ(lines,
            (Lines{"OPEN #1 " + boss, "OPEN #2 " + grump + " parent=1", "CLOSE #1 dropped", "CLOSE #2 dropped"}));
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

}  // namespace
}  // namespace troupe
