// core/log_format.cpp: fields as text and as JSON, and the lines around them.
//
// Hooks of user types decide what a visitor hears, so nothing is taken for granted here: not that
// containers end, not that texts are UTF-8, not that there is an end at all.
#include <cmath>
#include <cstdint>

#include "log_format_text.hpp"

namespace troupe {

using namespace detail;

namespace {

// ---- JSON

/// The size of the UTF-8 sequence that `text` begins with, or 0 with the size of what must be
/// replaced in `bad`: the longest beginning of a sequence, as Unicode recommends, and one byte
/// otherwise.
std::size_t utf8_sequence(std::string_view text, std::size_t& bad) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = at(0);
  bad = 1;
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte has a narrower range after four of the leads: no overlong forms, surrogates, or
  // beyond U+10FFFF.
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

class JsonFields final : public FieldWriter<std::string> {
 public:
  JsonFields(std::string& out, std::string_view before)
      : FieldWriter<std::string>(out, before, ",") {}

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

}  // namespace

void append_text_fields(std::string& out, const LogRecord& record, std::string_view before,
                        std::string_view after) {
  TextFields<std::string>(out, before).write(record, after);
}

void append_json_fields(std::string& out, const LogRecord& record, std::string_view before,
                        std::string_view after) {
  JsonFields(out, before).write(record, after);
}

void append_text_message(std::string& out, const LogRecord& record) {
  put_text_message(out, record);
}

void append_text_line(std::string& out, const LogRecord& record, LogTime time) {
  put_text_line(out, record, time);
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
  if (record.runtime) {
    out.append(",\"runtime\":");
    append_number(out, *record.runtime);
  }
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
