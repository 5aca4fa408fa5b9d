// core/log_sinks_test.cpp: the ready-made sinks hand on whole lines.
#include <troupe/core/log_sinks.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;

const LogRecord connected{.id = 3,
                          .level = LogLevel::info,
                          .target = "net",
                          .text = "connected",
                          .now = Instant{12s + 5ns},
                          .systime = std::chrono::sys_days{std::chrono::January / 31 / 2026} + 45296s + 789ms};

std::string text_line(const LogRecord& record, LogTime time = LogTime::now) {
  std::string out;
  append_text_line(out, record, time);
  return out;
}
std::string json_line(const LogRecord& record, LogTime time = LogTime::now) {
  std::string out;
  append_json_line(out, record, time);
  return out;
}

/// The sinks below pass their core on to nobody.
Core& no_core() {
  alignas(std::max_align_t) static std::byte room[1];
  return reinterpret_cast<Core&>(room);
}

TEST(Sinks, PassOnOneLineARecord) {
  std::vector<std::string> lines;
  const auto collect = [&lines](std::string_view line) { lines.emplace_back(line); };
  SingleLine text(collect);
  text(no_core(), connected);
  text(no_core(), {});
  JsonLines json(collect, LogTime::wall);
  json(no_core(), connected);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], text_line(connected) + '\n');
  EXPECT_EQ(lines[1], text_line({}) + '\n');
  EXPECT_EQ(lines[2], json_line(connected, LogTime::wall) + '\n');
}

TEST(Sinks, StandardError) {
  testing::internal::CaptureStderr();
  log_to_stderr()(no_core(), connected);
  log_to_stderr(LogFormat::json, LogTime::now)(no_core(), connected);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            text_line(connected, LogTime::wall) + '\n' + json_line(connected) + '\n');
}

}  // namespace
}  // namespace troupe
