// core/logger_test.cpp: delivery: filters, sinks that log, throw or replace themselves, and bounds.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/base/platform.hpp>
#include <troupe/core/log_sinks.hpp>
#include <troupe/core/log_value.hpp>
#include <troupe/core/logger.hpp>
#include <vector>

namespace troupe {
namespace logger_test {

using namespace std::chrono_literals;

/// A logger passes its core on and does nothing else with it: an address will do.
Core& some_core() {
  alignas(std::max_align_t) static std::byte room[1];
  return reinterpret_cast<Core&>(room);
}

const LogFilter everything = LogFilter::all({LogLevel::trace, LogLevel::audit, LogLevel::open});

class LoggerTest : public testing::Test {
 protected:
  /// `LEVEL #id text fields`, as short as it goes.
  static std::string shown(const LogRecord& record) {
    std::string line(log_level_name(record.level));
    line += ' ';
    append_text_message(line, record);
    return line;
  }

  void collect(LogFilter filter) {
    logger.set(filter, [this](Core&, const LogRecord& record) { lines.push_back(shown(record)); });
  }

  void say(LogLevel level, std::string_view text) {
    logger.log(some_core(), {.level = level, .text = text});
  }

  using Lines = std::vector<std::string>;
  Lines lines;
  Logger logger;
};

// ---- before a sink is set

TEST_F(LoggerTest, UntilASinkIsSetErrorsGoToStandardError) {
  for (LogLevel level : all_log_levels) EXPECT_EQ(logger.allows(level), level == LogLevel::error);
  EXPECT_EQ(logger.filter(), LogFilter(LogLevel::error));
  testing::internal::CaptureStderr();
  for (LogLevel level : all_log_levels)
    say(level, level == LogLevel::error ? "heard" : "not heard");
  const auto fields = [](LogVisitor& v) { v.kv_str("peer", "a\nb"), v.kv_null("last"); };
  logger.log(some_core(), {.id = 7,
                           .level = LogLevel::error,
                           .target = "net",
                           .text = "two\nlines",
                           .now = Instant{3s},
                           .systime = SystemTime{5s},
                           .fields = LogFields(fields)});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "0.000000000 ERROR #0 heard\n"
            "1970-01-01T00:00:05.000000000Z ERROR #7 [net] two\\0Alines peer=\"a\\0Ab\" last\n");
}

TEST_F(LoggerTest, AnEmptySinkSilencesThemToo) {
  logger.set({}, {});
  for (LogLevel level : all_log_levels) EXPECT_FALSE(logger.allows(level));
  EXPECT_TRUE(logger.filter().is_empty());
  testing::internal::CaptureStderr();
  say(LogLevel::error, "nobody hears");
  logger.set_filter(some_core(), {}, everything);
  EXPECT_EQ(logger.filter(), everything);
  EXPECT_FALSE(logger.allows(LogLevel::error)) << "a filter alone makes nobody listen";
  say(LogLevel::error, "nobody hears");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(logger.dropped(), 0u);
}

TEST_F(LoggerTest, AFilterAloneDecidesWhatGoesToStandardError) {
  testing::internal::CaptureStderr();
  logger.set_filter(some_core(), {}, LogLevel::warn);
  say(LogLevel::warn, "heard");
  logger.set_filter(some_core(), {}, LogLevel::off);
  say(LogLevel::error, "not heard");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "0.000000000 INFO #0 Logging level changed filter=LogFilter(WARN,ERROR)\n"
            "0.000000000 WARN #0 heard\n"
            "0.000000000 INFO #0 Logging level changed filter=LogFilter()\n");
}

TEST_F(LoggerTest, ALineOnStandardErrorIsCutAtItsLimit) {
  const auto shown_of = [this](std::size_t text, std::size_t value, int values) {
    const std::string long_text(text, 'x'), long_value(value, 'y');
    const auto fields = [&](LogVisitor& v) {
      for (int i = 0; i < values; ++i) v.kv_str("key", long_value);
      v.kv_arr("open");
    };
    testing::internal::CaptureStderr();
    logger.log(some_core(),
               {.level = LogLevel::error, .text = long_text, .fields = LogFields(fields)});
    return testing::internal::GetCapturedStderr();
  };
  const std::string whole = shown_of(100, 10, 3);
  EXPECT_TRUE(whole.ends_with("x key=yyyyyyyyyy key=yyyyyyyyyy key=yyyyyyyyyy open[]\n")) << whole;
  for (const std::string& line :
       {shown_of(5000, 0, 0), shown_of(10, 5000, 1), shown_of(10, 10, 1000), shown_of(4060, 1, 3),
        shown_of(4065, 1, 0)}) {
    EXPECT_EQ(line.size(), 4096u);
    EXPECT_TRUE(line.ends_with("...\n")) << line;
    EXPECT_EQ(line.find('\n'), line.size() - 1);
  }
}

TEST_F(LoggerTest, AValueThatLogsOnItsWayToStandardErrorFollows) {
  struct Chatty {
    Logger* logger;
    void operator()(LogVisitor& v) const {
      logger->log(some_core(), {.level = LogLevel::error, .text = "from a value"});
      v.kv_null("shown");
    }
  };
  const Chatty chatty{&logger};
  testing::internal::CaptureStderr();
  logger.log(some_core(), {.level = LogLevel::error, .text = "outer", .fields = LogFields(chatty)});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "0.000000000 ERROR #0 outer shown\n0.000000000 ERROR #0 from a value\n");
}

// ---- filters and records

TEST_F(LoggerTest, TheFilterDecides) {
  collect(LogFilter::all({LogLevel::warn, LogLevel::audit}));
  for (LogLevel level : all_log_levels) say(level, "x");
  EXPECT_EQ(lines, (Lines{"WARN #0 x", "ERROR #0 x", "AUDIT #0 x"}));
  logger.set(everything, {});
  EXPECT_FALSE(logger.allows(LogLevel::error)) << "no sink";
}

TEST_F(LoggerTest, TheSinkGetsTheCoreAndTheRecord) {
  const Core* seen = nullptr;
  Instant now;
  logger.set(LogLevel::info, [&](Core& core, const LogRecord& record) {
    seen = std::addressof(core);
    now = record.now;
  });
  logger.log(some_core(), {.now = Instant{3s}});
  EXPECT_EQ(seen, std::addressof(some_core()));
  EXPECT_EQ(now, Instant{3s});
}

TEST_F(LoggerTest, AChangeOfFilterIsAlwaysTold) {
  collect(LogLevel::error);
  logger.set_filter(some_core(), {}, LogFilter::all({LogLevel::trace, LogLevel::audit}));
  EXPECT_TRUE(logger.allows(LogLevel::trace));
  logger.set_filter(some_core(), {}, LogLevel::off);
  EXPECT_FALSE(logger.allows(LogLevel::error));
  EXPECT_EQ(
      lines,
      (Lines{"INFO #0 Logging level changed filter=LogFilter(TRACE,DEBUG,INFO,WARN,ERROR,AUDIT)",
             "INFO #0 Logging level changed filter=LogFilter()"}));
}

TEST_F(LoggerTest, Spans) {
  collect(LogLevel::open);
  Core& core = some_core();
  log_span_open(logger, core, {}, 1, "app::Parent", 0);
  log_span_open(logger, core, {}, 2, "app::Child", 1);
  log_span_close(logger, core, {}, 2, SpanEnd::failed, "out of cheese");
  log_span_close(logger, core, {}, 3, SpanEnd::killed, "told to");
  log_span_close(logger, core, {}, 4, SpanEnd::dropped, "ignored");
  log_span_close(logger, core, {}, 5, SpanEnd::lost, "ignored");
  log_span_close(logger, core, {}, 1, SpanEnd::stopped, "ignored");
  EXPECT_EQ(lines, (Lines{"OPEN #1 app::Parent", "OPEN #2 app::Child parent=1",
                          "CLOSE #2 out of cheese failed", "CLOSE #3 told to killed",
                          "CLOSE #4 dropped", "CLOSE #5 lost", "CLOSE #1"}));
  lines.clear();
  logger.set_filter(core, {}, LogLevel::trace);
  lines.clear();
  log_span_open(logger, core, {}, 6, "unheard", 0);
  log_span_close(logger, core, {}, 6, SpanEnd::failed, "unheard");
  EXPECT_TRUE(lines.empty());
}

TEST_F(LoggerTest, IdsCountFromOne) {
  EXPECT_EQ(logger.new_id(), 1u);
  EXPECT_EQ(logger.new_id(), 2u);
}

// ---- a sink that logs

TEST_F(LoggerTest, WhatASinkLogsFollowsInOrder) {
  int depth = 0;
  logger.set(LogLevel::info, [&](Core& core, const LogRecord& record) {
    EXPECT_EQ(++depth, 1) << "entered twice";
    lines.push_back(shown(record));
    if (record.text == "first") {
      // Both live only here: what arrives later is a copy.
      std::string text = "second";
      std::string value = "own";
      const auto fields = [&](LogVisitor& v) { v.kv_str("value", value); };
      logger.log(core, {.id = 7, .text = text, .fields = LogFields(fields)});
      logger.log(core, {.level = LogLevel::debug, .text = "filtered"});
      text = value = "gone!!";
      logger.log(core, {.text = "third"});
      lines.push_back("end of first");
    } else if (record.text == "second") {
      logger.log(core, {.text = "fourth"});
    }
    --depth;
  });
  say(LogLevel::info, "first");
  say(LogLevel::info, "fifth");
  EXPECT_EQ(lines, (Lines{"INFO #0 first", "end of first", "INFO #7 second value=own",
                          "INFO #0 third", "INFO #0 fourth", "INFO #0 fifth"}));
  EXPECT_EQ(logger.dropped(), 0u);
}

TEST_F(LoggerTest, ASinkThatAlwaysLogsIsBounded) {
  logger.set(LogLevel::info, [&](Core& core, const LogRecord& record) {
    lines.push_back(shown(record));
    logger.log(core, {.text = "again"});
  });
  say(LogLevel::info, "once");
  ASSERT_EQ(lines.size(), 1 + Logger::nested_limit + 1);
  EXPECT_EQ(lines.back(), "WARN #0 1 log records dropped");
  EXPECT_EQ(logger.dropped(), 2u) << "one caused by the last, one by the report";
  lines.clear();
  say(LogLevel::info, "once");
  EXPECT_EQ(lines.back(), "WARN #0 2 log records dropped") << "the former report's own is in it";
  // What is left when the logger ends is told on standard error by its destructor.
}

TEST_F(LoggerTest, ABurstIsBoundedAndCounted) {
  logger.set(LogLevel::info, [&](Core& core, const LogRecord& record) {
    lines.push_back(shown(record));
    if (record.text != "burst") return;
    for (std::size_t i = 0; i < Logger::nested_limit + 10; ++i)
      logger.log(core, {.id = i, .text = "x"});
  });
  say(LogLevel::info, "burst");
  ASSERT_EQ(lines.size(), 1 + Logger::nested_limit + 1);
  EXPECT_EQ(lines[Logger::nested_limit], "INFO #255 x");
  EXPECT_EQ(lines.back(), "WARN #0 10 log records dropped");
  EXPECT_EQ(logger.dropped(), 10u);
  lines.clear();
  say(LogLevel::info, "quiet");
  EXPECT_EQ(lines, (Lines{"INFO #0 quiet"})) << "reported once, and there is room again";
}

TEST_F(LoggerTest, BytesAreBoundedToo) {
  const std::string big(Logger::nested_bytes_limit / 2, 'x');
  std::size_t heard = 0;
  logger.set(LogLevel::info, [&](Core& core, const LogRecord& record) {
    if (record.text == "go") {
      for (int i = 0; i < 3; ++i) logger.log(core, {.text = big});
      logger.log(core, {.text = std::string_view(big).substr(0, Logger::nested_bytes_limit)});
    } else if (record.text == big) {
      ++heard;
    } else {
      lines.push_back(shown(record));
    }
  });
  say(LogLevel::info, "go");
  EXPECT_EQ(heard, 2u);
  EXPECT_EQ(lines, (Lines{"WARN #0 2 log records dropped"}));
}

TEST_F(LoggerTest, EachDeliveryHasTheWholeRoom) {
  logger.set(LogLevel::info, [&](Core& core, const LogRecord& record) {
    if (record.text == "x") logger.log(core, {.text = "caused"});
  });
  for (std::size_t i = 0; i < 2 * Logger::nested_limit; ++i) say(LogLevel::info, "x");
  EXPECT_EQ(logger.dropped(), 0u);
}

TEST_F(LoggerTest, WhatAReportCausesIsInTheNextReport) {
  const std::string big(Logger::nested_bytes_limit + 1, 'x');
  logger.set(LogLevel::info, [&](Core& core, const LogRecord& record) {
    lines.push_back(shown(record));
    if (record.text == "go") logger.log(core, {.text = big});
    if (record.level == LogLevel::warn) logger.log(core, {.text = "about the report"});
  });
  say(LogLevel::info, "go");
  EXPECT_EQ(lines, (Lines{"INFO #0 go", "WARN #0 1 log records dropped"}));
  EXPECT_EQ(logger.dropped(), 2u);
  lines.clear();
  say(LogLevel::info, "quiet");
  EXPECT_EQ(lines, (Lines{"INFO #0 quiet", "WARN #0 1 log records dropped"}));
  logger.set({}, {});
}

TEST_F(LoggerTest, AValueThatLogsItselfIsHarmless) {
  struct Chatty {
    Logger* logger;
    void operator()(LogVisitor& v) const {
      logger->log(some_core(), {.text = "from a value", .fields = LogFields(*this)});
      v.kv_null("shown");
    }
  };
  collect(LogLevel::info);
  const Chatty chatty{&logger};
  logger.log(some_core(), {.text = "outer", .fields = LogFields(chatty)});
  EXPECT_EQ(lines[0], "INFO #0 outer shown");
  EXPECT_EQ(lines[1], "INFO #0 from a value shown");
  EXPECT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[2], "WARN #0 1 log records dropped") << "the one that the copied value wrote";
}

TEST_F(LoggerTest, WhatNobodyHeardOfIsToldAtTheEnd) {
  testing::internal::CaptureStderr();
  {
    Logger local;
    local.set(LogLevel::info, [&](Core& core, const LogRecord&) { local.log(core, {}); });
    local.log(some_core(), {});
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "troupe: 1 log records dropped\n");
}

// ---- a sink that replaces itself

TEST_F(LoggerTest, ASinkMayReplaceItself) {
  auto alive = std::make_shared<int>(0);
  logger.set(LogLevel::info, [this, alive](Core& core, const LogRecord& record) {
    lines.push_back("old " + shown(record));
    logger.log(core, {.text = "waiting"});
    logger.set(LogLevel::debug,
               [this](Core&, const LogRecord& r) { lines.push_back("new " + shown(r)); });
    EXPECT_TRUE(logger.allows(LogLevel::debug)) << "the filter holds at once";
    EXPECT_GT(alive.use_count(), 1) << "this very object must live until it returns";
  });
  EXPECT_EQ(alive.use_count(), 2);
  say(LogLevel::info, "one");
  EXPECT_EQ(alive.use_count(), 1);
  say(LogLevel::debug, "two");
  EXPECT_EQ(lines, (Lines{"old INFO #0 one", "new INFO #0 waiting", "new DEBUG #0 two"}));
}

TEST_F(LoggerTest, ASinkMayEndLogging) {
  logger.set(LogLevel::info, [this](Core& core, const LogRecord& record) {
    lines.push_back(shown(record));
    logger.log(core, {.text = "waiting"});
    logger.set({}, {});
  });
  say(LogLevel::error, "one");
  say(LogLevel::error, "two");
  EXPECT_EQ(lines, (Lines{"ERROR #0 one"}));
}

TEST_F(LoggerTest, AFilterSetAfterTheSinkIsGoneWakesNobody) {
  logger.set(LogLevel::info, [this](Core& core, const LogRecord&) {
    logger.set({}, {});
    logger.set_filter(core, {}, LogLevel::info);
  });
  say(LogLevel::error, "one");
  EXPECT_FALSE(logger.allows(LogLevel::error));
}

TEST_F(LoggerTest, ASinkMayChangeTheFilter) {
  logger.set(LogLevel::info, [this](Core& core, const LogRecord& record) {
    lines.push_back(shown(record));
    if (record.text == "one") logger.set_filter(core, {}, LogLevel::error);
  });
  say(LogLevel::info, "one");
  say(LogLevel::info, "two");
  EXPECT_EQ(lines, (Lines{"INFO #0 one", "INFO #0 Logging level changed filter=LogFilter(ERROR)"}));
}

struct LogsOnDestruction {
  explicit LogsOnDestruction(Logger* l) : logger(l) {}
  LogsOnDestruction(LogsOnDestruction&& other) noexcept
      : logger(std::exchange(other.logger, nullptr)) {}
  ~LogsOnDestruction() {
    if (logger != nullptr) logger->log(some_core(), {.text = "last words"});
  }
  void operator()(Core&, const LogRecord&) {}
  Logger* logger;
};

TEST_F(LoggerTest, TheLastWordsOfASinkGoToTheNextOne) {
  logger.set(LogLevel::info, LogsOnDestruction(&logger));
  collect(LogLevel::info);
  EXPECT_EQ(lines, (Lines{"INFO #0 last words"}));
  logger.set(LogLevel::info, LogsOnDestruction(&logger));
  // The logger's own end must bear them as well: they go nowhere.
}

// ---- a sink that throws

#if TROUPE_EXCEPTIONS
TEST_F(LoggerTest, ASinkThatThrowsHarmsNobody) {
  logger.set(LogLevel::info, [this](Core& core, const LogRecord& record) {
    lines.push_back(shown(record));
    if (record.text == "one") {
      logger.log(core, {.text = "two"});
      throw std::runtime_error("disk full");
    }
    throw 7;
  });
  testing::internal::CaptureStderr();
  say(LogLevel::info, "one");
  say(LogLevel::info, "three");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "troupe: a log sink threw; its further failures are only counted\n");
  EXPECT_EQ(lines, (Lines{"INFO #0 one", "INFO #0 two", "INFO #0 three"}));
  EXPECT_EQ(logger.sink_failures(), 3u);
}

TEST_F(LoggerTest, AValueThatThrowsOnItsWayToStandardErrorIsTold) {
  const auto throws = [](LogVisitor& v) {
    v.kv_bool("before", true);
    throw 7;
  };
  testing::internal::CaptureStderr();
  logger.log(some_core(), {.level = LogLevel::error, .text = "one", .fields = LogFields(throws)});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "0.000000000 ERROR #0 one before=true log_error=\"a value threw\"\n");
  EXPECT_EQ(logger.sink_failures(), 0u);
}

TEST_F(LoggerTest, AValueThatThrowsWhileCopiedIsCounted) {
  const auto throws = [](LogVisitor&) { throw 7; };
  logger.set(LogLevel::info, [&](Core& core, const LogRecord& record) {
    lines.push_back(shown(record));
    if (record.text == "one") logger.log(core, {.text = "two", .fields = LogFields(throws)});
  });
  say(LogLevel::info, "one");
  EXPECT_EQ(lines, (Lines{"INFO #0 one", "WARN #0 1 log records dropped"}));
  EXPECT_EQ(logger.sink_failures(), 0u);
}
#endif

}  // namespace logger_test
}  // namespace troupe
