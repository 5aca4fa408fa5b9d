// core/log_sinks_test.cpp: the ready-made sinks hand on whole lines.
#include <troupe/core/log_sinks.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace troupe {
namespace log_sinks_test {

using namespace std::chrono_literals;

const LogRecord connected{
    .id = 3,
    .level = LogLevel::info,
    .target = "net",
    .text = "connected",
    .now = Instant{12s + 5ns},
    .systime = std::chrono::sys_days{std::chrono::January / 31 / 2026} + 45296s + 789ms};

const std::string text_now = "12.000000005 INFO #3 [net] connected";
const std::string text_wall = "2026-01-31T12:34:56.789000000Z INFO #3 [net] connected";
const std::string json_now =
    R"({"time":12000000005,"level":"INFO","id":3,"target":"net","text":"connected"})";
const std::string json_wall = R"({"time":"2026-01-31T12:34:56.789000000Z","level":"INFO","id":3,)"
                              R"("target":"net","text":"connected"})";

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
  EXPECT_EQ(lines[0], text_now + '\n');
  EXPECT_EQ(lines[1], "0.000000000 INFO #0\n");
  EXPECT_EQ(lines[2], json_wall + '\n');
}

TEST(Sinks, StandardError) {
  testing::internal::CaptureStderr();
  log_to_stderr()(no_core(), connected);
  log_to_stderr(LogFormat::json, LogTime::now)(no_core(), connected);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), text_wall + '\n' + json_now + '\n');
}

}  // namespace log_sinks_test
}  // namespace troupe
