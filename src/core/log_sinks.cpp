// core/log_sinks.cpp: whole lines, handed on.
#include <cstdio>
#include <troupe/core/log_sinks.hpp>
#include <utility>

namespace troupe {

void SingleLine::operator()(Core&, const LogRecord& record) {
  line_.clear();
  append_text_line(line_, record, time_);
  line_.push_back('\n');
  output_(line_);
}

void JsonLines::operator()(Core&, const LogRecord& record) {
  line_.clear();
  append_json_line(line_, record, time_);
  line_.push_back('\n');
  output_(line_);
}

Logger::Sink log_to_stderr(LogFormat format, LogTime time) {
  LogOutput output = [](std::string_view line) {
    std::fwrite(line.data(), 1, line.size(), stderr);
  };
  if (format == LogFormat::json) return JsonLines(std::move(output), time);
  return SingleLine(std::move(output), time);
}

}  // namespace troupe
