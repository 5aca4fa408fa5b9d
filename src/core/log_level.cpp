// core/log_level.cpp: names of levels and filters, and reading them.
#include <troupe/core/log_level.hpp>

#include <cstddef>

namespace troupe {

namespace {

constexpr std::string_view names[] = {"TRACE", "DEBUG", "INFO",  "WARN", "ERROR",
                                      "AUDIT", "OPEN",  "CLOSE", "OFF"};

constexpr char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view white = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(white);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

bool same_but_case(std::string_view text, std::string_view name) noexcept {
  if (text.size() != name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (upper(text[i]) != name[i]) return false;
  }
  return true;
}

}  // namespace

std::string_view log_level_name(LogLevel level) noexcept {
  return level <= LogLevel::off ? names[static_cast<unsigned>(level)] : "?";
}

std::expected<LogLevel, LogLevelError> parse_log_level(std::string_view text) noexcept {
  const std::string_view word = trim(text);
  for (LogLevel level : all_log_levels) {
    if (same_but_case(word, log_level_name(level))) return level;
  }
  return std::unexpected(LogLevelError{});
}

std::expected<LogFilter, LogLevelError> LogFilter::parse(std::string_view text) noexcept {
  LogFilter filter;
  for (;;) {
    const auto comma = text.find(',');
    const auto level = parse_log_level(text.substr(0, comma));
    if (!level) return std::unexpected(level.error());
    filter |= *level;
    if (comma == text.npos) return filter;
    text.remove_prefix(comma + 1);
  }
}

void LogFilterText::add(std::string_view text) noexcept {
  static_assert(sizeof(bytes_) >
                std::string_view("LogFilter(TRACE,DEBUG,INFO,WARN,ERROR,AUDIT,OPEN,CLOSE)").size());
  size_ = static_cast<std::uint8_t>(size_ + text.copy(bytes_ + size_, sizeof(bytes_) - size_));
}

LogFilterText LogFilter::text() const noexcept {
  LogFilterText text;
  std::string_view before = "LogFilter(";
  for (LogLevel level : all_log_levels) {
    if (!allows(level)) continue;
    text.add(before);
    text.add(log_level_name(level));
    before = ",";
  }
  if (is_empty()) text.add(before);
  text.add(")");
  return text;
}

}  // namespace troupe
