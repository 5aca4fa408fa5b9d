// core/log_format_text.hpp: a record as a line for people: into a string, or into a line of fixed
// size. (internal)
#pragma once
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <troupe/base/platform.hpp>
#include <troupe/core/log_format.hpp>

namespace troupe::detail {

/// One line of at most `most` bytes, its end included. What does not fit is left out, and the line
/// says so: "...".
class FixedLine {
 public:
  static constexpr std::size_t most = 4096;

  void append(std::string_view text) noexcept {
    const std::size_t n = text.copy(bytes_ + size_, room - size_);
    size_ += n;
    cut_ |= n < text.size();
  }
  void append(const char* first, const char* last) noexcept {
    append(std::string_view(first, static_cast<std::size_t>(last - first)));
  }
  void append(std::size_t n, char c) noexcept {
    while (n-- > 0) push_back(c);
  }
  void push_back(char c) noexcept { append(std::string_view(&c, 1)); }
  std::size_t size() const noexcept { return size_; }
  /// The whole line. Call it last.
  std::string_view line() noexcept {
    const std::string_view end = cut_ ? "...\n" : "\n";
    std::memcpy(bytes_ + size_, end.data(), end.size());
    return {bytes_, size_ + end.size()};
  }

 private:
  static constexpr std::size_t room = most - 4;
  friend std::size_t limit_of(const FixedLine&) noexcept { return room; }
  char bytes_[most];
  std::size_t size_ = 0;
  bool cut_ = false;
};
inline std::size_t limit_of(const std::string& out) noexcept { return out.size() + log_line_limit; }

template <class Out, class T> void append_number(Out& out, T value) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value);
  out.append(digits, end.ptr);
}

template <class Out> void append_hex(Out& out, unsigned char byte) {
  constexpr char digits[] = "0123456789ABCDEF";
  out.push_back(digits[byte >> 4]);
  out.push_back(digits[byte & 15]);
}

// ---- what text and JSON have in common: nesting, limits, the end

template <class Out> class FieldWriter : public LogVisitor {
 public:
  FieldWriter(Out& out, std::string_view before, std::string_view separator)
      : out_(out), limit_(limit_of(out)), before_(before), separator_(separator) {}
  FieldWriter(const FieldWriter&) = delete;
  FieldWriter& operator=(const FieldWriter&) = delete;

  void write(const LogRecord& record, std::string_view after) {
    bool threw = true;
    TROUPE_TRY {
      record.visit_fields(*this);
      threw = false;
    }
    TROUPE_CATCH_ALL {}
    skipped_ = 0;
    while (depth_ > 0) close();
    limit_ = SIZE_MAX;
    if (cut_) kv_bool("log_cut", true);
    if (threw) kv_str("log_error", "a value threw");
    if (any_) out_.append(after);
  }

  void kv_map(LogKey key) final { open(key, true); }
  void kv_map_end(LogKey) final { end(); }
  void kv_arr(LogKey key) final { open(key, false); }
  void kv_arr_end(LogKey) final { end(); }

 protected:
  ~FieldWriter() = default;

  virtual void put_key(LogKey key, bool has_value) = 0;

  /// Writes what comes before a value; false when the value is to be left out.
  bool begin(LogKey key, bool has_value = true) {
    if (skipped_ > 0) return false;
    if (out_.size() >= limit_) {
      cut_ = true;
      return false;
    }
    out_.append(any_ ? (first_ ? std::string_view() : separator_) : before_);
    any_ = true;
    first_ = false;
    put_key(key, has_value);
    return true;
  }

  /// Cuts `text` to what the line has room for.
  std::string_view cut(std::string_view text) {
    const std::size_t room = out_.size() < limit_ ? limit_ - out_.size() : 0;
    if (text.size() > room) cut_ = true;
    return text.substr(0, room);
  }

  bool in_map() const { return depth_ == 0 || (maps_ >> (depth_ - 1) & 1) != 0; }
  bool in_array() const { return !in_map(); }

  Out& out_;

 private:
  static_assert(log_depth_limit <= 64, "maps_ has a bit for each level");

  void open(LogKey key, bool map) {
    if (skipped_ == 0 && depth_ == log_depth_limit) kv_str(key, "...");
    if (skipped_ > 0 || depth_ == log_depth_limit || !begin(key, false)) {
      ++skipped_;
      return;
    }
    const std::uint64_t bit = std::uint64_t{1} << depth_;
    maps_ = map ? maps_ | bit : maps_ & ~bit;
    ++depth_;
    first_ = true;
    out_.push_back(map ? '{' : '[');
  }

  void end() {
    if (skipped_ > 0) {
      --skipped_;
    } else if (depth_ > 0) {
      close();
    }
  }

  void close() {
    out_.push_back(in_map() ? '}' : ']');
    --depth_;
    first_ = false;
  }

  std::size_t limit_;
  std::string_view before_;
  std::string_view separator_;
  std::uint64_t maps_ = 0;   // a bit for each open container: is it a map?
  unsigned depth_ = 0;       // open containers
  std::size_t skipped_ = 0;  // open containers inside one that is left out
  bool any_ = false;         // something has been written
  bool first_ = true;        // nothing has been written in this container
  bool cut_ = false;
};

// ---- text

inline bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }

inline bool is_reserved(char c) {
  return is_control(c) || std::string_view(" \"=\\[]{}").find(c) != std::string_view::npos;
}

template <class Out, class Predicate>
void append_escaped(Out& out, std::string_view text, Predicate escape) {
  for (char c : text) {
    if (escape(c)) {
      out.push_back('\\');
      append_hex(out, static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
}

template <class Out> class TextFields final : public FieldWriter<Out> {
  using FieldWriter<Out>::begin, FieldWriter<Out>::cut, FieldWriter<Out>::in_array,
      FieldWriter<Out>::out_;

 public:
  TextFields(Out& out, std::string_view before) : FieldWriter<Out>(out, before, " ") {}

  void kv_u64(LogKey key, std::uint64_t value) override {
    if (begin(key)) append_number(out_, value);
  }
  void kv_i64(LogKey key, std::int64_t value) override {
    if (begin(key)) append_number(out_, value);
  }
  void kv_f64(LogKey key, double value) override {
    if (begin(key)) append_number(out_, value);
  }
  void kv_bool(LogKey key, bool value) override {
    if (begin(key)) out_.append(value ? "true" : "false");
  }
  void kv_null(LogKey key) override {
    if (begin(key, false) && (!key || in_array())) out_.append("null");
  }
  void kv_str(LogKey key, std::string_view value) override {
    if (!begin(key)) return;
    value = cut(value);
    bool quote = value.empty();
    for (char c : value) quote = quote || is_reserved(c);
    if (!quote) {
      out_.append(value);
      return;
    }
    out_.push_back('"');
    append_escaped(out_, value, [](char c) { return is_control(c) || c == '"' || c == '\\'; });
    out_.push_back('"');
  }

 private:
  void put_key(LogKey key, bool has_value) override {
    if (!key || in_array()) return;
    key->empty() ? void(out_.append("\\20")) : append_escaped(out_, cut(*key), is_reserved);
    if (has_value) out_.push_back('=');
  }
};

// ---- whole lines

template <class Out> void append_padded(Out& out, std::uint64_t value, unsigned width) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value);
  const auto size = static_cast<std::size_t>(end.ptr - digits);
  if (size < width) out.append(width - size, '0');
  out.append(std::string_view(digits, size));
}

/// `2026-01-31T12:34:56.123456789Z`.
template <class Out> void append_iso(Out& out, SystemTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss<nanoseconds> clock(duration_cast<nanoseconds>(time - day));
  const int year = static_cast<int>(date.year());
  if (year < 0) out.push_back('-');
  append_padded(out, static_cast<std::uint64_t>(std::abs(year)), 4);
  out.push_back('-');
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out.push_back('-');
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out.push_back('T');
  append_padded(out, static_cast<std::uint64_t>(clock.hours().count()), 2);
  out.push_back(':');
  append_padded(out, static_cast<std::uint64_t>(clock.minutes().count()), 2);
  out.push_back(':');
  append_padded(out, static_cast<std::uint64_t>(clock.seconds().count()), 2);
  out.push_back('.');
  append_padded(out, static_cast<std::uint64_t>(clock.subseconds().count()), 9);
  out.push_back('Z');
}

/// Seconds since the clock's own beginning, with nine decimals.
template <class Out> void append_seconds(Out& out, Instant now) {
  constexpr std::uint64_t second = 1'000'000'000;
  const std::int64_t count = now.time_since_epoch().count();
  const auto size = count < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(count)
                              : static_cast<std::uint64_t>(count);
  if (count < 0) out.push_back('-');
  append_number(out, size / second);
  out.push_back('.');
  append_padded(out, size % second, 9);
}

template <class Out> void put_text_message(Out& out, const LogRecord& record) {
  if (record.runtime) append_number(out, *record.runtime);
  out.push_back('#');
  append_number(out, record.id);
  if (!record.target.empty()) {
    out.append(" [");
    append_escaped(out, record.target.substr(0, log_line_limit), is_control);
    out.push_back(']');
  }
  if (!record.text.empty()) {
    out.push_back(' ');
    append_escaped(out, record.text.substr(0, log_line_limit), is_control);
  }
  TextFields<Out>(out, " ").write(record, {});
}

template <class Out> void put_text_line(Out& out, const LogRecord& record, LogTime time) {
  time == LogTime::wall&& record.systime ? append_iso(out, *record.systime)
                                         : append_seconds(out, record.now);
  out.push_back(' ');
  out.append(log_level_name(record.level));
  out.push_back(' ');
  put_text_message(out, record);
}

}  // namespace troupe::detail
