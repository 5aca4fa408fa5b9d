// core/log_copy.cpp: writing fields to a tape and playing them back.
//
// An entry is one byte of kind, one byte that tells whether there is a key, the key, and the value;
// texts are a size and their bytes. Sizes and numbers lie unaligned, as they are in memory.
#include <cstring>
#include <troupe/core/log_copy.hpp>

namespace troupe {

namespace {

enum class Kind : char { u64, i64, f64, boolean, null, str, map, map_end, arr, arr_end };

template <class T> void put(std::string& tape, const T& value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  tape.append(bytes, sizeof(T));
}

void put_text(std::string& tape, std::string_view text) {
  put(tape, text.size());
  tape.append(text);
}

class Writer final : public LogVisitor {
 public:
  Writer(std::string& tape, std::size_t limit) : tape_(tape), limit_(limit) {}

  bool complete() const { return complete_; }

  void kv_u64(LogKey key, std::uint64_t value) override { number(Kind::u64, key, value); }
  void kv_i64(LogKey key, std::int64_t value) override { number(Kind::i64, key, value); }
  void kv_f64(LogKey key, double value) override { number(Kind::f64, key, value); }
  void kv_bool(LogKey key, bool value) override { number(Kind::boolean, key, value); }
  void kv_null(LogKey key) override { begin(Kind::null, key, 0); }
  void kv_str(LogKey key, std::string_view value) override {
    if (begin(Kind::str, key, value.size() + sizeof(std::size_t))) put_text(tape_, value);
  }
  void kv_map(LogKey key) override { begin(Kind::map, key, 0); }
  void kv_map_end(LogKey key) override { begin(Kind::map_end, key, 0); }
  void kv_arr(LogKey key) override { begin(Kind::arr, key, 0); }
  void kv_arr_end(LogKey key) override { begin(Kind::arr_end, key, 0); }

 private:
  template <class T> void number(Kind kind, LogKey key, T value) {
    if (begin(kind, key, sizeof(T))) put(tape_, value);
  }

  bool begin(Kind kind, LogKey key, std::size_t value_size) {
    const std::size_t key_size = key ? key->size() + sizeof(std::size_t) : 0;
    // Once something is missing, the rest is too: a later field without an earlier one would
    // mislead.
    complete_ =
        complete_ && tape_.size() < limit_ && key_size + value_size + 2 <= limit_ - tape_.size();
    if (!complete_) return false;
    tape_.push_back(static_cast<char>(kind));
    tape_.push_back(key ? '\1' : '\0');
    if (key) put_text(tape_, *key);
    return true;
  }

  std::string& tape_;
  std::size_t limit_;
  bool complete_ = true;
};

class Reader {
 public:
  explicit Reader(std::string_view tape) : tape_(tape) {}

  bool more() const { return !tape_.empty(); }

  template <class T> T get() {
    T value;
    std::memcpy(&value, tape_.data(), sizeof(T));
    tape_.remove_prefix(sizeof(T));
    return value;
  }

  std::string_view text() {
    const auto size = get<std::size_t>();
    const std::string_view text = tape_.substr(0, size);
    tape_.remove_prefix(size);
    return text;
  }

  LogKey key() { return get<char>() != '\0' ? LogKey(text()) : LogKey(); }

 private:
  std::string_view tape_;
};

}  // namespace

LogCopy::LogCopy(const LogRecord& record, std::size_t limit) : head_(record) {
  const std::string_view target = record.target.substr(0, limit);
  const std::string_view text = record.text.substr(0, limit - target.size());
  complete_ = target.size() == record.target.size() && text.size() == record.text.size();
  target_size_ = target.size();
  text_size_ = text.size();
  bytes_.append(target).append(text);
  head_.target = head_.text = {};
  head_.fields = {};
  Writer writer(bytes_, limit);
  record.visit_fields(writer);
  complete_ = complete_ && writer.complete();
}

LogRecord LogCopy::record() const noexcept {
  LogRecord record = head_;
  const std::string_view bytes = bytes_;
  record.target = bytes.substr(0, target_size_);
  record.text = bytes.substr(target_size_, text_size_);
  record.fields = LogFields(*this);
  return record;
}

void LogCopy::operator()(LogVisitor& visitor) const {
  Reader tape(std::string_view(bytes_).substr(target_size_ + text_size_));
  while (tape.more()) {
    const auto kind = static_cast<Kind>(tape.get<char>());
    const LogKey key = tape.key();
    switch (kind) {
      case Kind::u64:
        visitor.kv_u64(key, tape.get<std::uint64_t>());
        break;
      case Kind::i64:
        visitor.kv_i64(key, tape.get<std::int64_t>());
        break;
      case Kind::f64:
        visitor.kv_f64(key, tape.get<double>());
        break;
      case Kind::boolean:
        visitor.kv_bool(key, tape.get<bool>());
        break;
      case Kind::null:
        visitor.kv_null(key);
        break;
      case Kind::str:
        visitor.kv_str(key, tape.text());
        break;
      case Kind::map:
        visitor.kv_map(key);
        break;
      case Kind::map_end:
        visitor.kv_map_end(key);
        break;
      case Kind::arr:
        visitor.kv_arr(key);
        break;
      case Kind::arr_end:
        visitor.kv_arr_end(key);
        break;
    }
  }
}

}  // namespace troupe
