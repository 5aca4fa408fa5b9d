// core/log_fields.cpp: fields as text and as JSON, and the lines around them.
//
// Hooks of user types decide what a visitor hears, so nothing is taken for granted here: not that containers end, not
// that texts are UTF-8, not that there is an end at all.
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <troupe/base/platform.hpp>
#include <troupe/core/log_sinks.hpp>

namespace troupe {

namespace {

template <class T> void append_number(std::string& out, T value) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value);
  out.append(digits, end.ptr);
}

void append_hex(std::string& out, unsigned char byte) {
  constexpr char digits[] = "0123456789ABCDEF";
  out.push_back(digits[byte >> 4]);
  out.push_back(digits[byte & 15]);
}

// ---- what text and JSON have in common: nesting, limits, the end

class FieldWriter : public LogVisitor {
 public:
  FieldWriter(std::string& out, std::string_view before, std::string_view separator)
      : out_(out), limit_(out.size() + log_line_limit), before_(before), separator_(separator) {}
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

  /// As much of `text` as the line has room for.
  std::string_view cut(std::string_view text) {
    const std::size_t room = out_.size() < limit_ ? limit_ - out_.size() : 0;
    if (text.size() > room) cut_ = true;
    return text.substr(0, room);
  }

  bool in_map() const { return depth_ == 0 || (maps_ >> (depth_ - 1) & 1) != 0; }
  bool in_array() const { return !in_map(); }

  std::string& out_;

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

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }

bool is_reserved(char c) { return is_control(c) || std::string_view(" \"=\\[]{}").find(c) != std::string_view::npos; }

template <class Predicate> void append_escaped(std::string& out, std::string_view text, Predicate escape) {
  for (char c : text) {
    if (escape(c)) {
      out.push_back('\\');
      append_hex(out, static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
}

class TextFields final : public FieldWriter {
 public:
  TextFields(std::string& out, std::string_view before) : FieldWriter(out, before, " ") {}

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

// ---- JSON

/// The size of the UTF-8 sequence that `text` begins with, or 0 with the size of what must be replaced in `bad`: the
/// longest beginning of a sequence, as Unicode recommends, and one byte otherwise.
std::size_t utf8_sequence(std::string_view text, std::size_t& bad) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned lead = at(0);
  bad = 1;
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte has a narrower range after four of the leads: no overlong forms, surrogates, or beyond U+10FFFF.
  const unsigned low = lead == 0xE0 ? 0xA0U : lead == 0xF0 ? 0x90U : 0x80U;
  const unsigned high = lead == 0xED ? 0x9FU : lead == 0xF4 ? 0x8FU : 0xBFU;
  if (at(1) < low || at(1) > high) return 0;
  for (bad = 2; bad < size; ++bad) {
    if ((at(bad) & 0xC0) != 0x80) return 0;
  }
  return size;
}

void append_json_text(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const char c = text.front();
    std::size_t bad = 0;
    std::size_t size = utf8_sequence(text, bad);
    if (size == 0) {
      out.append("\xEF\xBF\xBD");
      size = bad;
    } else if (static_cast<unsigned char>(c) < ' ') {
      out.append("\\u00");
      append_hex(out, static_cast<unsigned char>(c));
    } else {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.append(text.substr(0, size));
    }
    text.remove_prefix(size);
  }
  out.push_back('"');
}

class JsonFields final : public FieldWriter {
 public:
  JsonFields(std::string& out, std::string_view before) : FieldWriter(out, before, ",") {}

  void kv_u64(LogKey key, std::uint64_t value) override {
    if (begin(key)) append_number(out_, value);
  }
  void kv_i64(LogKey key, std::int64_t value) override {
    if (begin(key)) append_number(out_, value);
  }
  void kv_f64(LogKey key, double value) override {
    if (!begin(key)) return;
    std::isfinite(value) ? append_number(out_, value) : void(out_.append("null"));
  }
  void kv_bool(LogKey key, bool value) override {
    if (begin(key)) out_.append(value ? "true" : "false");
  }
  void kv_null(LogKey key) override {
    if (begin(key)) out_.append("null");
  }
  void kv_str(LogKey key, std::string_view value) override {
    if (begin(key)) append_json_text(out_, cut(value));
  }

 private:
  void put_key(LogKey key, bool) override {
    if (in_array()) return;
    append_json_text(out_, cut(key.value_or("")));
    out_.push_back(':');
  }
};

// ---- whole lines

void append_padded(std::string& out, std::uint64_t value, unsigned width) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value);
  const auto size = static_cast<std::size_t>(end.ptr - digits);
  if (size < width) out.append(width - size, '0');
  out.append(digits, size);
}

/// `2026-01-31T12:34:56.123456789Z`.
void append_iso(std::string& out, SystemTime time) {
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
void append_seconds(std::string& out, Instant now) {
  constexpr std::uint64_t second = 1'000'000'000;
  const std::int64_t count = now.time_since_epoch().count();
  const auto size =
      count < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  if (count < 0) out.push_back('-');
  append_number(out, size / second);
  out.push_back('.');
  append_padded(out, size % second, 9);
}

}  // namespace

void append_text_fields(std::string& out, const LogRecord& record, std::string_view before, std::string_view after) {
  TextFields(out, before).write(record, after);
}

void append_json_fields(std::string& out, const LogRecord& record, std::string_view before, std::string_view after) {
  JsonFields(out, before).write(record, after);
}

void append_text_message(std::string& out, const LogRecord& record) {
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
  append_text_fields(out, record, " ");
}

void append_text_line(std::string& out, const LogRecord& record, LogTime time) {
  time == LogTime::wall&& record.systime ? append_iso(out, *record.systime) : append_seconds(out, record.now);
  out.push_back(' ');
  out.append(log_level_name(record.level));
  out.push_back(' ');
  append_text_message(out, record);
}

void append_json_line(std::string& out, const LogRecord& record, LogTime time) {
  out.append("{\"time\":");
  if (time == LogTime::wall && record.systime) {
    out.push_back('"');
    append_iso(out, *record.systime);
    out.push_back('"');
  } else {
    append_number(out, std::int64_t{record.now.time_since_epoch().count()});
  }
  out.append(",\"level\":\"").append(log_level_name(record.level)).append("\",\"id\":");
  append_number(out, record.id);
  if (!record.target.empty()) {
    out.append(",\"target\":");
    append_json_text(out, record.target.substr(0, log_line_limit));
  }
  out.append(",\"text\":");
  append_json_text(out, record.text.substr(0, log_line_limit));
  append_json_fields(out, record, ",\"fields\":{", "}");
  out.push_back('}');
}

}  // namespace troupe
