// core/spdlog_sink.hpp: an adapter to spdlog, for programs that already log with it.
//
// The only file that includes spdlog; nothing of the library includes this one. Header only, so
// that the library needs no spdlog to be built.
#pragma once
#include <spdlog/logger.h>
#include <memory>
#include <string>
#include <troupe/core/log_sinks.hpp>
#include <troupe/core/logger.hpp>
#include <utility>

namespace troupe {

/// The spdlog level of a record: severities as they are; `audit` as info, `open` and `close` as
/// debug. spdlog has no kinds beside its severities: an audit trail that must be complete belongs
/// in a sink of its own.
inline spdlog::level::level_enum spdlog_level(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::audit:
      return spdlog::level::info;
    case LogLevel::open:
    case LogLevel::close:
      return spdlog::level::debug;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

/// A sink that hands each record that passes both filters to `logger`, with the record's wall-clock
/// time where it has one: `#3 [net] connected port=80`, before that `AUDIT`, `OPEN` or `CLOSE` for
/// what spdlog has no level for. Holds `logger`, which must not be null, until the sink is
/// replaced; the logger's own threads, if any, are its business.
inline Logger::Sink log_to_spdlog(std::shared_ptr<spdlog::logger> logger) {
  return [logger = std::move(logger), line = std::string()](Core&,
                                                            const LogRecord& record) mutable {
    const spdlog::level::level_enum level = spdlog_level(record.level);
    if (!logger->should_log(level)) return;
    line.clear();
    if (record.level > LogLevel::error) line.append(log_level_name(record.level)).push_back(' ');
    append_text_message(line, record);
    const auto time = record.systime ? *record.systime : spdlog::log_clock::now();
    logger->log(time, spdlog::source_loc{}, level, spdlog::string_view_t(line.data(), line.size()));
  };
}

}  // namespace troupe
