// core/log_floor_test.cpp: levels below `log_floor` are compiled out: nothing is made, shown or
// written.
//
// The same file is built with several floors; what it expects follows from the one that it has.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <vector>

namespace troupe {
namespace log_floor_test {

static_assert(log_floor == LogLevel::TROUPE_LOG_FLOOR, "the build's word is heard");
constexpr bool is_in(LogLevel level) { return level >= log_floor; }

std::vector<std::string> lines;
int made;  // texts

std::string_view text() { return ++made, "made"; }
void count(LogLevel level) { lines.emplace_back(log_level_name(level)); }

// What is expected of one statement for each of `levels`.
std::vector<std::string> those_in(std::initializer_list<LogLevel> levels) {
  std::vector<std::string> names;
  for (const LogLevel level : levels)
    if (is_in(level)) names.emplace_back(log_level_name(level));
  return names;
}

void log_all(Core& core) {
  trace(core, text);
  debug(core, text);
  info(core, text);
  warn(core, text);
  error(core, text);
  audit(core, text);
  close_span(core, open_span(core, "span"), text);
}

struct LogFloorTest : testing::Test {
  void SetUp() override {
    lines.clear();
    made = 0;
    rt.set_logger(LogFilter::all({LogLevel::trace, LogLevel::audit, LogLevel::open}),
                  [](Core&, const LogRecord& record) { count(record.level); });
    lines.clear();
  }
  Runtime rt;
};

TEST_F(LogFloorTest, WhatIsBelowIsNeitherMadeNorWritten) {
  defer(rt, &log_all);
  rt.run();
  const auto expected =
      those_in({LogLevel::trace, LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error,
                LogLevel::audit, LogLevel::open, LogLevel::close});
  EXPECT_EQ(lines, expected);
  EXPECT_EQ(made, static_cast<int>(expected.size()) - is_in(LogLevel::open));
}

TEST_F(LogFloorTest, AlsoWhereTheLevelIsAVariable) {
  defer(rt, [](Core& core) {
    for (const LogLevel level : {LogLevel::trace, LogLevel::info, LogLevel::warn, LogLevel::error})
      log(core, level, "net", text);
  });
  rt.run();
  const auto expected =
      those_in({LogLevel::trace, LogLevel::info, LogLevel::warn, LogLevel::error});
  EXPECT_EQ(lines, expected);
  EXPECT_EQ(made, static_cast<int>(expected.size()));
}

TEST_F(LogFloorTest, ASpanHasItsIdAllTheSame) {
  static std::uint64_t first, second;
  defer(rt, [](Core& core) {
    first = open_span(core, "one");
    second = open_span(core, "two");
  });
  rt.run();
  EXPECT_NE(first, 0u);
  EXPECT_NE(first, second);
}

}  // namespace log_floor_test
}  // namespace troupe
