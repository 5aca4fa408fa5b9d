// apps/respd/redis/scan.cpp: reads the arguments of a scan.
#include "redis/scan.hpp"

#include <string>

#include "redis/arguments.hpp"
#include "redis/words.hpp"

namespace respd {

// Read as strtoul does it: with a sign, and nothing at all is 0.
std::optional<std::uint64_t> parse_cursor(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative || text.starts_with('+') ? 1 : 0);
  std::uint64_t value = 0;
  bool ok = text.empty() || !digits.empty();
  for (const char c : digits) {
    ok = ok && c >= '0' && c <= '9' && !__builtin_mul_overflow(value, std::uint64_t{10}, &value) &&
         !__builtin_add_overflow(value, static_cast<std::uint64_t>(c - '0'), &value);
  }
  if (!ok) return std::nullopt;
  return negative ? std::uint64_t{0} - value : value;
}

std::optional<std::uint64_t> cursor_arg(Call& call, std::string_view text) {
  const auto cursor = parse_cursor(text);
  if (!cursor) call.reply.error("ERR invalid cursor");
  return cursor;
}

std::optional<ScanOptions> scan_options(Call& call, std::size_t at, bool typed) {
  ScanOptions options;
  for (; at < call.args.size(); at += 2) {
    const bool more = at + 1 < call.args.size();
    if (is_word(call.args[at], "count") && more) {
      const auto count = integer_arg(call, call.args[at + 1]);
      if (!count) return std::nullopt;
      if (*count < 1) {
        call.reply.error(syntax_error);
        return std::nullopt;
      }
      options.count = static_cast<std::uint64_t>(*count);
    } else if (is_word(call.args[at], "match") && more) {
      options.pattern = call.args[at + 1];
      options.all = options.pattern == "*";
    } else if (is_word(call.args[at], "type") && more && typed) {
      options.type = call.args[at + 1];
    } else {
      call.reply.error(syntax_error);
      return std::nullopt;
    }
  }
  return options;
}

void reply_scan(Call& call, std::uint64_t cursor, std::size_t count) {
  call.reply.array(2);
  call.reply.bulk(std::to_string(cursor));
  call.reply.array(count);
}

}  // namespace respd
