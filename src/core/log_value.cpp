// core/log_value.cpp: the values that need more than a cast to be shown.
#include <troupe/core/log_value.hpp>

namespace troupe {

void troupe_log(LogVisitor& visitor, LogKey key, LogLevel level) {
  visitor.kv_str(key, log_level_name(level));
}

void troupe_log(LogVisitor& visitor, LogKey key, LogFilter filter) {
  visitor.kv_str(key, filter.text());
}

namespace detail {

#if defined(__SIZEOF_INT128__)
void log_wide(LogVisitor& visitor, LogKey key, Uint128 magnitude, bool negative) {
  char digits[40];
  char* const end = digits + sizeof(digits);
  char* first = end;
  do {
    *--first = static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  } while (magnitude != 0);
  if (negative) *--first = '-';
  visitor.kv_str(key, {first, static_cast<std::size_t>(end - first)});
}
#endif

void log_char(LogVisitor& visitor, LogKey key, char32_t point) {
  if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) point = 0xFFFD;
  const auto tail = [point](unsigned shift) {
    return static_cast<char>(0x80 | (point >> shift & 0x3F));
  };
  if (point < 0x80) {
    const char bytes[] = {static_cast<char>(point)};
    visitor.kv_str(key, {bytes, 1});
  } else if (point < 0x800) {
    const char bytes[] = {static_cast<char>(0xC0 | point >> 6), tail(0)};
    visitor.kv_str(key, {bytes, 2});
  } else if (point < 0x10000) {
    const char bytes[] = {static_cast<char>(0xE0 | point >> 12), tail(6), tail(0)};
    visitor.kv_str(key, {bytes, 3});
  } else {
    const char bytes[] = {static_cast<char>(0xF0 | point >> 18), tail(12), tail(6), tail(0)};
    visitor.kv_str(key, {bytes, 4});
  }
}

}  // namespace detail

}  // namespace troupe
