// core/log_sinks.hpp: ready-made sinks: a line for people, and a line of JSON.
//
// Both write exactly one line a record. Who needs another layout takes the functions of
// core/log_format.hpp.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/callback.hpp>
#include <troupe/core/log_format.hpp>
#include <troupe/core/log_record.hpp>
#include <troupe/core/logger.hpp>
#include <utility>

namespace troupe {

/// Which lines `log_to_stderr` writes.
enum class LogFormat : std::uint8_t { text, json };

/// Where a sink puts its lines: called once a record, with the line and its '\n'; the text lives
/// until it returns.
using LogOutput = Callback<void(std::string_view)>;

/// A sink for people: `logger.set(LogLevel::info, SingleLine(output))`. Keeps one buffer.
class SingleLine {
 public:
  explicit SingleLine(LogOutput output, LogTime time = LogTime::now) noexcept
      : output_(std::move(output)), time_(time) {}

  /// Passes one line on. What the output throws passes through.
  void operator()(Core& core, const LogRecord& record);

 private:
  LogOutput output_;
  std::string line_;
  LogTime time_;
};

/// A sink for machines: one JSON object a line. Keeps one buffer.
class JsonLines {
 public:
  explicit JsonLines(LogOutput output, LogTime time = LogTime::now) noexcept
      : output_(std::move(output)), time_(time) {}

  /// Passes one line on. What the output throws passes through.
  void operator()(Core& core, const LogRecord& record);

 private:
  LogOutput output_;
  std::string line_;
  LogTime time_;
};

/// A sink that writes each line to standard error with one write; errors of the write are ignored,
/// since there is no other place to report them.
Logger::Sink log_to_stderr(LogFormat format = LogFormat::text, LogTime time = LogTime::wall);

}  // namespace troupe
