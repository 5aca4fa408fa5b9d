// core/log_level_test.cpp: names, reading, and what a filter lets pass.
#include <gtest/gtest.h>

#include <string>
#include <troupe/core/log_level.hpp>

namespace troupe {
namespace log_level_test {

std::string shown(LogFilter filter) { return std::string(std::string_view(filter.text())); }

TEST(LogLevel, NamesAndThreeSpellings) {
  const struct {
    LogLevel level;
    const char* spellings[3];
  } cases[] = {
      {LogLevel::trace, {"trace", "TRACE", "Trace"}},
      {LogLevel::debug, {"debug", "DEBUG", "Debug"}},
      {LogLevel::info, {"info", "INFO", "Info"}},
      {LogLevel::warn, {"warn", "WARN", "Warn"}},
      {LogLevel::error, {"error", "ERROR", "Error"}},
      {LogLevel::off, {"off", "OFF", "Off"}},
      {LogLevel::audit, {"audit", "AUDIT", "Audit"}},
      {LogLevel::open, {"open", "OPEN", "Open"}},
      {LogLevel::close, {"close", "CLOSE", "Close"}},
  };
  for (const auto& c : cases) {
    for (const char* text : c.spellings) EXPECT_EQ(parse_log_level(text), c.level) << text;
    EXPECT_EQ(log_level_name(c.level), c.spellings[1]);
  }
}

TEST(LogLevel, WhiteSpaceAroundIsIgnored) {
  EXPECT_EQ(parse_log_level(" \tinfo\r\n"), LogLevel::info);
  EXPECT_FALSE(parse_log_level("in fo"));
}

TEST(LogLevel, WhatIsNoLevel) {
  for (const char* text : {"zzzzz", "", " ", "inf", "infos", "info,", "?"}) {
    EXPECT_EQ(parse_log_level(text), std::unexpected(LogLevelError{})) << text;
  }
  EXPECT_EQ(LogLevelError{}.text(), "invalid logging level");
  EXPECT_EQ(log_level_name(static_cast<LogLevel>(9)), "?");
}

TEST(LogLevel, EveryLevelGoesRound) {
  unsigned seen = 0;
  for (LogLevel level : all_log_levels) {
    EXPECT_EQ(parse_log_level(log_level_name(level)), level);
    seen |= 1U << static_cast<unsigned>(level);
  }
  EXPECT_EQ(seen, 0x1FFu);
}

TEST(LogLevel, Numbers) {
  EXPECT_EQ(log_level_from(0), LogLevel::trace);
  EXPECT_EQ(log_level_from(4), LogLevel::error);
  EXPECT_EQ(log_level_from(5), LogLevel::audit);
  EXPECT_EQ(log_level_from(8), LogLevel::off);
  EXPECT_FALSE(log_level_from(9));
}

TEST(LogFilter, WhatALevelLetsPass) {
  EXPECT_EQ(shown(LogLevel::trace), "LogFilter(TRACE,DEBUG,INFO,WARN,ERROR)");
  EXPECT_EQ(shown(LogLevel::debug), "LogFilter(DEBUG,INFO,WARN,ERROR)");
  EXPECT_EQ(shown(LogLevel::info), "LogFilter(INFO,WARN,ERROR)");
  EXPECT_EQ(shown(LogLevel::warn), "LogFilter(WARN,ERROR)");
  EXPECT_EQ(shown(LogLevel::error), "LogFilter(ERROR)");
  EXPECT_EQ(shown(LogLevel::off), "LogFilter()");
  EXPECT_EQ(shown(LogLevel::audit), "LogFilter(AUDIT)");
  EXPECT_EQ(shown(LogLevel::open), "LogFilter(OPEN,CLOSE)");
  EXPECT_EQ(shown(LogLevel::close), "LogFilter(OPEN,CLOSE)");
}

TEST(LogFilter, Allows) {
  const LogFilter filter = LogFilter::all({LogLevel::warn, LogLevel::audit});
  for (LogLevel level : all_log_levels) {
    const bool expected =
        level == LogLevel::warn || level == LogLevel::error || level == LogLevel::audit;
    EXPECT_EQ(filter.allows(level), expected) << log_level_name(level);
  }
}

TEST(LogFilter, Reading) {
  EXPECT_EQ(shown(LogFilter::parse("warn").value()), "LogFilter(WARN,ERROR)");
  EXPECT_EQ(shown(LogFilter::parse("info,audit").value()), "LogFilter(INFO,WARN,ERROR,AUDIT)");
  EXPECT_EQ(shown(LogFilter::parse("error,open,audit").value()),
            "LogFilter(ERROR,AUDIT,OPEN,CLOSE)");
  EXPECT_EQ(shown(LogFilter::parse(" Info , AUDIT ").value()), "LogFilter(INFO,WARN,ERROR,AUDIT)");
  EXPECT_EQ(shown(LogFilter::parse("off").value()), "LogFilter()");
  for (const char* text :
       {"", ",", "info,", ",info", "info,,audit", "info audit", "LogFilter(INFO)"}) {
    EXPECT_EQ(LogFilter::parse(text), std::unexpected(LogLevelError{})) << text;
  }
}

TEST(LogFilter, AllAndOr) {
  EXPECT_EQ(shown(LogFilter::all({LogLevel::warn})), "LogFilter(WARN,ERROR)");
  EXPECT_EQ(shown(LogFilter::all({LogLevel::info, LogLevel::audit})),
            "LogFilter(INFO,WARN,ERROR,AUDIT)");
  EXPECT_EQ(shown(LogFilter::all({LogLevel::error, LogLevel::open, LogLevel::audit})),
            "LogFilter(ERROR,AUDIT,OPEN,CLOSE)");
  EXPECT_EQ(shown(LogFilter::all({LogLevel::trace, LogLevel::open, LogLevel::audit})),
            "LogFilter(TRACE,DEBUG,INFO,WARN,ERROR,AUDIT,OPEN,CLOSE)");
  EXPECT_EQ(LogFilter() | LogFilter(LogLevel::audit) | LogFilter(LogLevel::error),
            LogFilter::parse("audit,error").value());
  EXPECT_TRUE(LogFilter().is_empty());
  EXPECT_TRUE(LogFilter(LogLevel::off).is_empty());
  EXPECT_FALSE(LogFilter(LogLevel::audit).is_empty());
}

}  // namespace log_level_test
}  // namespace troupe
