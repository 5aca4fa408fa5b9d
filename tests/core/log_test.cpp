// core/log_test.cpp: the log statements, with a context of their own that needs no runtime.
#include <gtest/gtest.h>

#include <string>
#include <troupe/base/platform.hpp>
#include <troupe/core/log.hpp>
#include <troupe/core/log_sinks.hpp>
#include <vector>

namespace stage {

using namespace std::chrono_literals;

/// What the statements ask of a core.
struct Desk {
  troupe::Logger log;
  troupe::Instant time{4s};

  troupe::Logger& logger() noexcept { return log; }
  troupe::Instant now() const noexcept { return time; }
  troupe::SystemTime systime() const noexcept { return troupe::SystemTime{9s}; }
  operator troupe::Core&() noexcept {
    alignas(std::max_align_t) static std::byte room[1];
    return reinterpret_cast<troupe::Core&>(room);
  }
};

/// What an actor's handlers hold.
struct Place {
  Desk& desk;
  std::uint64_t number;
};
Desk& core_of_log(Place& place) { return place.desk; }
std::uint64_t log_id(const Place& place) { return place.number; }

}  // namespace stage

namespace troupe {
namespace log_test {

static_assert(log_context<stage::Place> && log_context<stage::Place&>);
static_assert(!log_context<int> && !log_context<const stage::Place&>);

class LogTest : public testing::Test {
 protected:
  void listen(LogFilter filter) {
    desk.log.set(filter, [this](Core&, const LogRecord& record) {
      std::string line(log_level_name(record.level));
      line += ' ';
      append_text_message(line, record);
      lines.push_back(line);
      last_now = record.now;
      last_systime = record.systime;
    });
  }

  using Lines = std::vector<std::string>;
  Lines lines;
  Instant last_now;
  std::optional<SystemTime> last_systime;
  stage::Desk desk;
  stage::Place cx{desk, 3};
};

TEST_F(LogTest, EveryLevelHasItsWord) {
  listen(LogFilter::all({LogLevel::trace, LogLevel::audit, LogLevel::open}));
  trace(cx, "a");
  debug(cx, "b", kv("x", 1));
  info(cx, std::string("c"), kv("x", 1), kv("y", "two words"));
  warn(cx, std::string_view("d"));
  error(cx, "e", kv("failed"));
  audit(cx, "f", kv("who", "me"));
  log(cx, LogLevel::warn, "net", "g", kv("port", 80));
  EXPECT_EQ(lines,
            (Lines{"TRACE #3 a", "DEBUG #3 b x=1", "INFO #3 c x=1 y=\"two words\"", "WARN #3 d",
                   "ERROR #3 e failed", "AUDIT #3 f who=me", "WARN #3 [net] g port=80"}));
  EXPECT_EQ(last_now, desk.time);
  EXPECT_EQ(last_systime, desk.systime());
}

TEST_F(LogTest, ArgumentsAreEvaluatedButNotShownWhenFiltered) {
  listen(LogLevel::warn);
  int evaluated = 0, shown = 0;
  const auto value = [&] { return ++shown; };
  info(cx, "filtered", kv("evaluated", ++evaluated), kv("shown", value));
  EXPECT_EQ(evaluated, 1);
  EXPECT_EQ(shown, 0);
  warn(cx, "passes", kv("evaluated", ++evaluated), kv("shown", value));
  EXPECT_EQ(lines, (Lines{"WARN #3 passes evaluated=2 shown=1"}));
}

TEST_F(LogTest, ATextMayBeMadeOnDemand) {
  listen(LogLevel::warn);
  int made = 0;
  const auto text = [&] { return "made " + std::to_string(++made); };
  info(cx, text);
  EXPECT_EQ(made, 0);
  warn(cx, text);
  EXPECT_EQ(lines, (Lines{"WARN #3 made 1"}));
}

TEST_F(LogTest, InTheNameOfAnother) {
  listen(LogLevel::info);
  info(LogAs(cx, 42), "adopted");
  EXPECT_EQ(lines, (Lines{"INFO #42 adopted"}));
}

TEST_F(LogTest, Spans) {
  listen(LogFilter::all({LogLevel::info, LogLevel::open}));
  const std::uint64_t outer = open_span(cx, "request", kv("path", "/x"));
  const std::uint64_t inner = open_span(LogAs(cx, outer), "query");
  close_span(cx, inner, "", kv("rows", 5));
  close_span(cx, outer, "bad gateway", kv("failed"));
  stage::Place root{desk, 0};
  close_span(root, open_span(root, "root"), "");
  EXPECT_EQ(lines,
            (Lines{"OPEN #1 request parent=3 path=/x", "OPEN #2 query parent=1", "CLOSE #2 rows=5",
                   "CLOSE #1 bad gateway failed", "OPEN #3 root", "CLOSE #3"}));
  listen(LogLevel::info);
  EXPECT_EQ(open_span(cx, "unheard"), 4u) << "an id is given also if nobody listens";
}

#if TROUPE_EXCEPTIONS
TEST_F(LogTest, WhatAMadeTextThrowsPassesThrough) {
  listen(LogLevel::info);
  const auto text = []() -> std::string { throw 7; };
  EXPECT_THROW(info(cx, text), int);
  info(cx, "still works");
  EXPECT_EQ(lines, (Lines{"INFO #3 still works"}));
}
#endif

}  // namespace log_test
}  // namespace troupe
