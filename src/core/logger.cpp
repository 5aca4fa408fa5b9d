// core/logger.cpp: delivery of log records, one at a time.
#include <cstdio>
#include <new>
#include <troupe/base/platform.hpp>
#include <troupe/core/log_copy.hpp>
#include <troupe/core/log_value.hpp>
#include <troupe/core/logger.hpp>
#include <utility>

#include "log_format_text.hpp"

namespace troupe {

namespace detail {

struct LogNode {
  explicit LogNode(const LogRecord& record, std::size_t limit) : copy(record, limit) {}

  LogCopy copy;
  LogNode* next = nullptr;
};

}  // namespace detail

Logger::~Logger() {
  active_ = {};  // what the sink's own destruction logs goes nowhere
  while (first_ != nullptr) delete std::exchange(first_, first_->next);
  if (dropped_ > 0)
    std::fprintf(stderr, "troupe: %llu log records dropped\n",
                 static_cast<unsigned long long>(dropped_));
}

void Logger::set(LogFilter filter, Sink sink) {
  filter_ = filter;
  active_ = sink ? filter : LogFilter();
  // The old sink is destroyed last: its destructor may log, or set a sink again.
  Sink old = std::exchange(delivering_ ? next_sink_ : sink_, std::move(sink));
  if (delivering_) sink_replaced_ = true;
}

void Logger::set_filter(Core& core, Instant now, LogFilter filter) {
  const LogFilterText text = filter.text();
  const auto fields = [&](LogVisitor& visitor) { visitor.kv_str("filter", text); };
  emit(core, {.level = LogLevel::info,
              .text = "Logging level changed",
              .now = now,
              .fields = LogFields(fields)});
  filter_ = filter;
  const bool has_sink = static_cast<bool>(sink_replaced_ ? next_sink_ : sink_);
  active_ = has_sink ? filter : LogFilter();
}

void Logger::log(Core& core, const LogRecord& record) {
  if (allows(record.level)) emit(core, record);
}

void Logger::emit(Core& core, const LogRecord& record) {
  if (delivering_) return keep(record);
  if (!sink_) return;
  delivering_ = true;
  nested_ = nested_bytes_ = 0;
  deliver(core, record);
  deliver_nested(core);
  if (dropped_ > 0) report_dropped(core, record.now);
  delivering_ = false;
}

void Logger::deliver(Core& core, const LogRecord& record) {
  if (!sink_) return;
  LogRecord numbered = record;
  numbered.runtime = runtime_;
  TROUPE_TRY { sink_(core, numbered); }
  TROUPE_CATCH_ALL {
    if (++sink_failures_ == 1)
      std::fputs("troupe: a log sink threw; its further failures are only counted\n", stderr);
  }
  if (sink_replaced_) take_over_next_sink();
}

void Logger::deliver_nested(Core& core) {
  while (first_ != nullptr) {
    detail::LogNode* node = std::exchange(first_, first_->next);
    if (first_ == nullptr) last_ = nullptr;
    deliver(core, node->copy.record());
    delete node;
  }
}

void Logger::report_dropped(Core& core, Instant now) {
  char text[48];
  std::snprintf(text, sizeof(text), "%llu log records dropped",
                static_cast<unsigned long long>(dropped_));
  dropped_ = 0;
  // What a sink logs about this report has no turn left: it is counted and appears in the next
  // report.
  nested_ = nested_limit;
  deliver(core, {.level = LogLevel::warn, .text = text, .now = now});
}

void Logger::keep(const LogRecord& record) {
  // A value that logs while it is being copied would go round for ever.
  if (copying_ || nested_ == nested_limit) return drop();
  detail::LogNode* node = nullptr;
  copying_ = true;
  TROUPE_TRY { node = new detail::LogNode(record, nested_bytes_limit - nested_bytes_); }
  TROUPE_CATCH_ALL {}
  copying_ = false;
  if (node == nullptr || !node->copy.complete()) {
    delete node;
    return drop();
  }
  ++nested_;
  nested_bytes_ += node->copy.size();
  (last_ != nullptr ? last_->next : first_) = node;
  last_ = node;
}

void Logger::drop() noexcept {
  ++dropped_;
  ++dropped_total_;
}

void Logger::take_over_next_sink() {
  sink_replaced_ = false;
  Sink old = std::exchange(sink_, std::move(next_sink_));
}

namespace detail {

// Takes no memory: that there is none may be the news.
void log_plainly(Core&, const LogRecord& record) {
  FixedLine out;
  put_text_line(out, record, LogTime::wall);
  const std::string_view line = out.line();
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void deliver_open(Logger& logger, Core& core, Instant now, std::uint64_t id, std::string_view tag,
                  std::uint64_t parent) {
  const auto fields = [&](LogVisitor& visitor) {
    if (parent != 0) visitor.kv_u64("parent", parent);
  };
  logger.log(
      core,
      {.id = id, .level = LogLevel::open, .text = tag, .now = now, .fields = LogFields(fields)});
}

void deliver_close(Logger& logger, Core& core, Instant now, std::uint64_t id, SpanEnd end,
                   std::string_view error) {
  static constexpr std::string_view names[] = {"", "failed", "killed", "dropped", "lost"};
  const auto fields = [&](LogVisitor& visitor) {
    if (end != SpanEnd::stopped) visitor.kv_null(names[static_cast<unsigned>(end)]);
  };
  const bool has_error = end == SpanEnd::failed || end == SpanEnd::killed;
  const std::string_view text = has_error ? error : std::string_view();
  logger.log(
      core,
      {.id = id, .level = LogLevel::close, .text = text, .now = now, .fields = LogFields(fields)});
}

}  // namespace detail

}  // namespace troupe
