// core/log_level.hpp: how important a log record is, and which records pass.
//
// Trace to Error are severities and include each other upwards. Audit, Open and Close are kinds of
// their own: an audit trail and the spans of actors are wanted, or not, whatever the severity.
#pragma once
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <string_view>

#ifndef TROUPE_LOG_FLOOR
#define TROUPE_LOG_FLOOR trace
#endif

namespace troupe {

/// The level of a record. `off` is the level of no record; in a filter it stands for nothing.
enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, audit, open, close, off };

/// Every level: severities, `off`, then the kinds of their own.
inline constexpr LogLevel all_log_levels[] = {LogLevel::trace, LogLevel::debug, LogLevel::info,
                                              LogLevel::warn,  LogLevel::error, LogLevel::off,
                                              LogLevel::audit, LogLevel::open,  LogLevel::close};

/// The lowest level that is compiled in; log statements below it cost nothing at run time. Set it
/// with
/// `-DTROUPE_LOG_FLOOR=info`, to the same level in every file of a program; `off` compiles all of
/// them out. The doors of core/log.hpp observe it.
inline constexpr LogLevel log_floor = LogLevel::TROUPE_LOG_FLOOR;

/// Why a text is not a level or a filter.
struct LogLevelError {
  /// "invalid logging level".
  constexpr std::string_view text() const noexcept { return "invalid logging level"; }
  bool operator==(const LogLevelError&) const = default;
};

/// The name in upper case, such as "INFO"; "?" for a value that is no level.
std::string_view log_level_name(LogLevel level) noexcept;

/// The level with that name, in any case, with white space around it ignored.
std::expected<LogLevel, LogLevelError> parse_log_level(std::string_view text) noexcept;

/// The level with that number, 0 (`trace`) to 8 (`off`).
constexpr std::expected<LogLevel, LogLevelError> log_level_from(unsigned number) noexcept {
  if (number > static_cast<unsigned>(LogLevel::off)) return std::unexpected(LogLevelError{});
  return static_cast<LogLevel>(number);
}

/// The text of a filter, in place.
class LogFilterText {
 public:
  /// The text, which lives as long as this object.
  operator std::string_view() const noexcept { return {bytes_, size_}; }

 private:
  friend class LogFilter;
  void add(std::string_view text) noexcept;

  char bytes_[64];
  std::uint8_t size_ = 0;
};

/// A set of levels. Four bytes; a test is one shift and one `and`.
class LogFilter {
 public:
  /// Lets nothing pass.
  constexpr LogFilter() noexcept = default;

  /// A severity lets itself and all higher severities pass; `open` or `close` both of them; `audit`
  /// itself; `off` nothing.
  constexpr LogFilter(LogLevel level) noexcept : bits_(bits_of(level)) {}

  /// What any of `levels` lets pass.
  static constexpr LogFilter all(std::initializer_list<LogLevel> levels) noexcept {
    LogFilter filter;
    for (LogLevel level : levels) filter |= level;
    return filter;
  }

  /// Reads names with commas between them, such as "info, audit". A part that is empty or no level
  /// is an error.
  static std::expected<LogFilter, LogLevelError> parse(std::string_view text) noexcept;

  /// True when records of that level pass.
  constexpr bool allows(LogLevel level) const noexcept {
    return (bits_ >> static_cast<unsigned>(level) & 1U) != 0;
  }
  /// True when nothing passes.
  constexpr bool is_empty() const noexcept { return bits_ == 0; }

  /// What passes either of the two.
  friend constexpr LogFilter operator|(LogFilter a, LogFilter b) noexcept { return a |= b; }
  /// Adds what passes `other`.
  constexpr LogFilter& operator|=(LogFilter other) noexcept {
    bits_ |= other.bits_;
    return *this;
  }
  bool operator==(const LogFilter&) const = default;

  /// For people: "LogFilter(INFO,WARN,ERROR,AUDIT)".
  LogFilterText text() const noexcept;

 private:
  static constexpr std::uint32_t bit(LogLevel level) noexcept {
    return 1U << static_cast<unsigned>(level);
  }
  static constexpr std::uint32_t bits_of(LogLevel level) noexcept {
    if (level <= LogLevel::error) return bit(LogLevel::audit) - bit(level);
    if (level == LogLevel::audit) return bit(level);
    if (level == LogLevel::open || level == LogLevel::close)
      return bit(LogLevel::open) | bit(LogLevel::close);
    return 0;
  }

  std::uint32_t bits_ = 0;
};

}  // namespace troupe
