// core/log_record.hpp: one log record, and how its key-value fields are read.
//
// Fields are not built, they are visited: a log statement hands over references to its values, and
// a sink asks for them as often as it likes, while the statement lasts. A record that no sink wants
// has cost one bit test.
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <troupe/base/platform.hpp>
#include <troupe/base/time.hpp>
#include <troupe/core/log_level.hpp>
#include <type_traits>

namespace troupe {

/// The key of a field; none for the items of an array.
using LogKey = std::optional<std::string_view>;

/// Hears the fields of a record, one call each. Texts are UTF-8 as a rule, but nobody has checked
/// them; they live until the call returns. Called from within the log statement; what a visitor
/// throws passes through it. Between `kv_map` and `kv_map_end` come the fields of a map, between
/// `kv_arr` and `kv_arr_end` the items of an array, without keys; an end repeats the key of its
/// beginning. A visitor must bear ends that are missing or too many: hooks of user types write
/// them.
class LogVisitor {
 public:
  virtual void kv_u64(LogKey key, std::uint64_t value) = 0;
  virtual void kv_i64(LogKey key, std::int64_t value) = 0;
  virtual void kv_f64(LogKey key, double value) = 0;
  virtual void kv_bool(LogKey key, bool value) = 0;
  /// A key without a value: only that it is there counts.
  virtual void kv_null(LogKey key) = 0;
  virtual void kv_str(LogKey key, std::string_view value) = 0;
  virtual void kv_map(LogKey key) = 0;
  virtual void kv_map_end(LogKey key) = 0;
  virtual void kv_arr(LogKey key) = 0;
  virtual void kv_arr_end(LogKey key) = 0;

 protected:
  LogVisitor() = default;
  LogVisitor(const LogVisitor&) = default;
  LogVisitor& operator=(const LogVisitor&) = default;
  ~LogVisitor() = default;
};

/// The fields of a record: a reference to something that shows them to a visitor, any number of
/// times. Two pointers; without a reference there are no fields.
class LogFields {
 public:
  constexpr LogFields() noexcept = default;

  /// Refers to `scan`, which is called as `scan(LogVisitor&)` and must outlive this object.
  template <class F>
    requires(!std::same_as<F, LogFields>) && std::invocable<const F&, LogVisitor&>
  explicit LogFields(const F& scan TROUPE_LIFETIMEBOUND) noexcept
      : object_(&scan), scan_([](const void* object, LogVisitor& visitor) {
          (*static_cast<const F*>(object))(visitor);
        }) {}

  /// Shows every field to `visitor`, in order. What a value or the visitor throws passes through.
  void operator()(LogVisitor& visitor) const {
    if (scan_ != nullptr) scan_(object_, visitor);
  }

 private:
  const void* object_ = nullptr;
  void (*scan_)(const void*, LogVisitor&) = nullptr;
};

/// One log record, as a sink gets it. It borrows its texts and fields from the log statement: a
/// sink that wants to keep them copies them (`LogCopy`).
struct LogRecord {
  /// The actor or span that it comes from; 0 for none.
  std::uint64_t id = 0;
  LogLevel level = LogLevel::info;
  /// The number of the runtime that it comes from, in its ensemble (`Ensemble::seat`): an id is
  /// unique within its runtime. Empty where that has no seat.
  std::optional<unsigned> runtime = {};
  /// The part of the program that it concerns, such as "net"; often empty.
  std::string_view target = {};
  /// The message; the tag of a span in an `open` record; the error, if any, in a `close` record.
  std::string_view text = {};
  /// The runtime's `now` when it was written.
  Instant now = {};
  /// Wall-clock time, where the writer knows it.
  std::optional<SystemTime> systime = {};
  LogFields fields = {};

  /// Shows every field to `visitor`, in order; may be called again. What a value or the visitor
  /// throws passes through.
  void visit_fields(LogVisitor& visitor) const { fields(visitor); }
};

}  // namespace troupe
