// apps/respd/redis/string_value.cpp: strings that may be kept as numbers.
#include "redis/string_value.hpp"

namespace respd {

std::string_view string_bytes(const Value& value, std::optional<IntegerText>& scratch) noexcept {
  if (const Text* const text = value.text()) return *text;
  return scratch.emplace(value.number()).view();
}

void reply_string(Reply& reply, const Value& value) {
  if (const Text* const text = value.text()) [[likely]]
    reply.bulk(*text);
  else
    reply.bulk_integer(value.number());
}

}  // namespace respd
