// apps/respd/redis/arguments.cpp: reads arguments, and answers what is wrong with them.
#include "redis/arguments.hpp"

#include <algorithm>
#include <limits>

#include "redis/number.hpp"

namespace respd {

void wrong_arity(Call& call, std::string_view name) {
  std::string text("ERR wrong number of arguments for '");
  call.reply.error(text.append(name).append("' command"));
}

std::optional<std::int64_t> integer_arg(Call& call, std::string_view text, std::string_view error) {
  const auto value = parse_integer(text);
  if (!value) call.reply.error(error);
  return value;
}

std::optional<std::int64_t> integer_arg_in(Call& call, std::string_view text, std::int64_t low,
                                           std::int64_t high, std::string_view error) {
  const auto value = parse_integer(text);
  if (value && *value >= low && *value <= high) return value;
  call.reply.error(error);
  return std::nullopt;
}

std::optional<std::int64_t> database_number_arg(Call& call, std::string_view text,
                                                std::string_view error) {
  constexpr std::int64_t low = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t high = std::numeric_limits<std::int32_t>::max();
  if (error.empty()) {
    error = parse_integer(text) ? "ERR value is out of range, value must between -2147483648 and "
                                  "2147483647"
                                : not_an_integer;
  }
  return integer_arg_in(call, text, low, high, error);
}

std::optional<std::size_t> database_arg(Call& call, std::string_view text) {
  const auto db = database_number_arg(call, text);
  if (!db) return std::nullopt;
  if (*db >= 0 && static_cast<std::size_t>(*db) < Keyspace::databases)
    return static_cast<std::size_t>(*db);
  call.reply.error("ERR DB index is out of range");
  return std::nullopt;
}

std::optional<UnixMs> expiry_arg(Call& call, std::string_view text, TimeUnit unit, bool absolute,
                                 std::string_view command) {
  const auto given = integer_arg(call, text);
  if (!given) return std::nullopt;
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t scale = unit == TimeUnit::seconds ? 1000 : 1;
  const std::int64_t base = absolute ? 0 : call.now_ms;
  if (*given <= 0 || *given > most / scale || *given * scale > most - base) {
    call.reply.error(
        std::string("ERR invalid expire time in '").append(command).append("' command"));
    return std::nullopt;
  }
  return std::min(*given * scale + base, Slot::never - 1);
}

}  // namespace respd
