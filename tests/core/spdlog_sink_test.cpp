// core/spdlog_sink_test.cpp: records as spdlog shows them. Empty where spdlog is not installed.
#include <troupe/base/platform.hpp>
#if __has_include(<spdlog/logger.h>) && TROUPE_EXCEPTIONS
#ifndef FMT_HEADER_ONLY
#define FMT_HEADER_ONLY
#endif
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>
#include <troupe/core/spdlog_sink.hpp>

namespace troupe {
namespace spdlog_sink_test {

using namespace std::chrono_literals;

Core& some_core() {
  alignas(std::max_align_t) static std::byte room[1];
  return reinterpret_cast<Core&>(room);
}

TEST(SpdlogSink, LevelsTextsAndFields) {
  std::ostringstream out;
  auto host = std::make_shared<spdlog::logger>(
      "host", std::make_shared<spdlog::sinks::ostream_sink_st>(out));
  host->set_level(spdlog::level::debug);
  host->set_pattern("%l %v", spdlog::pattern_time_type::utc);
  Logger logger;
  logger.set(LogFilter::all({LogLevel::trace, LogLevel::audit, LogLevel::open}),
             log_to_spdlog(host));
  const auto fields = [](LogVisitor& v) { v.kv_u64("port", 80); };
  for (LogLevel level : all_log_levels) {
    logger.log(
        some_core(),
        {.id = 3, .level = level, .target = "net", .text = "100% {}", .fields = LogFields(fields)});
  }
  EXPECT_EQ(out.str(),
            "debug #3 [net] 100% {} port=80\n"
            "info #3 [net] 100% {} port=80\n"
            "warning #3 [net] 100% {} port=80\n"
            "error #3 [net] 100% {} port=80\n"
            "info AUDIT #3 [net] 100% {} port=80\n"
            "debug OPEN #3 [net] 100% {} port=80\n"
            "debug CLOSE #3 [net] 100% {} port=80\n");
}

TEST(SpdlogSink, KeepsTheTimeOfTheRecord) {
  std::ostringstream out;
  auto host = std::make_shared<spdlog::logger>(
      "host", std::make_shared<spdlog::sinks::ostream_sink_st>(out));
  host->set_pattern("%Y-%m-%d %H:%M:%S %v", spdlog::pattern_time_type::utc);
  log_to_spdlog(host)(some_core(), {.text = "x", .systime = SystemTime{86400s}});
  EXPECT_EQ(out.str(), "1970-01-02 00:00:00 #0 x\n");
}

}  // namespace spdlog_sink_test
}  // namespace troupe
#endif
