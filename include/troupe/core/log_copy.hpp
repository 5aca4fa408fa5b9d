// core/log_copy.hpp: a log record that owns everything it shows.
//
// A record borrows from the log statement that wrote it. Whoever needs it longer (a record written
// by a sink, a sink that hands records to another thread) takes a copy: texts, and the fields as
// one flat tape of bytes.
#pragma once
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <troupe/core/log_record.hpp>

namespace troupe {

/// An owned copy of a record, with values as they were when it was taken. Plain data: it may go to
/// another thread.
class LogCopy {
 public:
  /// Copies `record`, visiting its fields once. Stops before it holds more than about `limit` bytes
  /// of texts and fields; what did not fit is missing, and `complete` says so.
  /// @throws `std::bad_alloc`, and what showing a value throws
  explicit LogCopy(const LogRecord& record,
                   std::size_t limit = std::numeric_limits<std::size_t>::max());

  /// The copy as a record, valid while this object lives unchanged in its place.
  LogRecord record() const noexcept TROUPE_LIFETIMEBOUND;

  /// False when `limit` cut something off.
  bool complete() const noexcept { return complete_; }
  /// Bytes that the texts and fields take.
  std::size_t size() const noexcept { return bytes_.size(); }

  /// Shows the fields again, in order; for sinks, by way of `record`.
  void operator()(LogVisitor& visitor) const;

 private:
  LogRecord head_;     // with its texts and fields left out
  std::string bytes_;  // target, text, then the tape of fields
  std::size_t target_size_ = 0;
  std::size_t text_size_ = 0;
  bool complete_ = true;
};

}  // namespace troupe
