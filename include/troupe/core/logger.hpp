// core/logger.hpp: the part of the core that hands log records to the host's sink.
//
// A record is delivered while the statement that wrote it still runs, so that nothing has to be
// copied. The one exception is a record that the sink itself causes: it is copied and delivered
// right after the current one, so that a sink may log and is never entered twice.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <troupe/base/callback.hpp>
#include <troupe/core/log_level.hpp>
#include <troupe/core/log_record.hpp>

namespace troupe {

class Core;

namespace detail {
struct Kernel;
struct LogNode;
void log_plainly(Core& core, const LogRecord& record);
}  // namespace detail

/// Owned by `Core`. Until a sink is set, what the filter lets pass goes to standard error, and that
/// is level `error`: so that no failure is silent. One line a record, with one write and without
/// taking memory, as `log_to_stderr()` writes it; a line beyond 4 KiB is cut, and ends in "...".
/// One thread only.
class Logger {
 public:
  /// Host code that takes records. It runs inside the statement that logs, with the runtime's
  /// `Core`; what it throws is swallowed, counted and told once on standard error.
  using Sink = Callback<void(Core&, const LogRecord&)>;

  /// Records that sinks may cause while one record is being delivered; more are dropped, counted
  /// and reported.
  static constexpr std::size_t nested_limit = 256;
  /// Bytes of text and fields that these records may take together.
  static constexpr std::size_t nested_bytes_limit = 256 * 1024;

  Logger() = default;
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;
  /// Tells on standard error how many records were dropped since the last report, if any.
  ~Logger();

  /// Sets the filter and the sink; an empty sink ends logging, of errors too. Writes no record.
  /// Called by the sink itself, the new filter holds at once and the new sink from the next record
  /// on, which includes those that wait.
  void set(LogFilter filter, Sink sink);

  /// Delivers the record "Logging level changed" (`info`, id 0, field `filter`) whatever the
  /// filters say, then switches. With an empty sink no record is delivered, whatever the filter
  /// lets pass.
  void set_filter(Core& core, Instant now, LogFilter filter);

  /// The filter that was set last; `error` before.
  LogFilter filter() const noexcept { return filter_; }

  /// True when a record of that level would reach a sink. One load and one bit test.
  bool allows(LogLevel level) const noexcept { return active_.allows(level); }

  /// Delivers `record` to the sink if its level passes; from inside the sink, after the current
  /// record. Does not throw.
  void log(Core& core, const LogRecord& record);

  /// Records dropped so far because a sink caused too many of them, or because they could not be
  /// copied.
  std::uint64_t dropped() const noexcept { return dropped_total_; }
  /// How often a sink threw.
  std::uint64_t sink_failures() const noexcept { return sink_failures_; }

  /// A new id for an actor or a span: 1, 2, ... 0 means none.
  std::uint64_t new_id() noexcept { return ++last_id_; }
  /// The number that each record gets: that of the runtime in its ensemble. Empty where it has
  /// none.
  std::optional<unsigned> runtime() const noexcept { return runtime_; }

 private:
  friend struct detail::Kernel;
  void emit(Core& core, const LogRecord& record);
  void deliver(Core& core, const LogRecord& record);
  void deliver_nested(Core& core);
  void report_dropped(Core& core, Instant now);
  void keep(const LogRecord& record);
  void drop() noexcept;
  void take_over_next_sink();

  LogFilter active_ = LogLevel::error;  // filter_, or nothing where the sink is an empty one
  LogFilter filter_ = LogLevel::error;
  std::uint64_t last_id_ = 0;  // beside the filter: both are looked at for each new actor
  Sink sink_ = &detail::log_plainly;
  Sink next_sink_;
  detail::LogNode* first_ = nullptr;
  detail::LogNode* last_ = nullptr;
  std::optional<unsigned> runtime_;
  std::size_t nested_ = 0;        // accepted during the outermost delivery
  std::size_t nested_bytes_ = 0;  // likewise
  std::uint64_t dropped_ = 0;     // not reported yet
  std::uint64_t dropped_total_ = 0;
  std::uint64_t sink_failures_ = 0;
  bool delivering_ = false;
  bool copying_ = false;
  bool sink_replaced_ = false;
};

/// How the life of an actor or a span ended, for its `close` record.
enum class SpanEnd : std::uint8_t { stopped, failed, killed, dropped, lost };

namespace detail {
void deliver_open(Logger& logger, Core& core, Instant now, std::uint64_t id, std::string_view tag,
                  std::uint64_t parent);
void deliver_close(Logger& logger, Core& core, Instant now, std::uint64_t id, SpanEnd end,
                   std::string_view error);
}  // namespace detail

/// Logs the beginning of an actor or a span: level `open`, text `tag` (a type name, as a rule),
/// field `parent` unless that is 0.
inline void log_span_open(Logger& logger, Core& core, Instant now, std::uint64_t id,
                          std::string_view tag, std::uint64_t parent) {
  if (logger.allows(LogLevel::open)) [[unlikely]]
    detail::deliver_open(logger, core, now, id, tag, parent);
}

/// Logs the end of an actor or a span: level `close`; the text is `error` for `failed` and
/// `killed`, else empty; a field without a value, `failed`, `killed`, `dropped` or `lost`, tells
/// the kind of end unless it was a plain stop.
inline void log_span_close(Logger& logger, Core& core, Instant now, std::uint64_t id, SpanEnd end,
                           std::string_view error = {}) {
  if (logger.allows(LogLevel::close)) [[unlikely]]
    detail::deliver_close(logger, core, now, id, end, error);
}

}  // namespace troupe
