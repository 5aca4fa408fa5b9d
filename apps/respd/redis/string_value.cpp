// apps/respd/redis/string_value.cpp: strings that may be kept as numbers.
#include "redis/string_value.hpp"

namespace respd {

std::string_view string_bytes(const Value& value, std::optional<IntegerText>& scratch) noexcept {
  if (const auto* const text = std::get_if<std::string>(&value)) return *text;
  return scratch.emplace(*std::get_if<std::int64_t>(&value)).view();
}

void reply_string(Reply& reply, const Value& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) [[likely]]
    reply.bulk(*text);
  else
    reply.bulk_integer(*std::get_if<std::int64_t>(&value));
}

void assign_string(Value& value, std::string_view bytes) {
  // A short string does not go on holding the memory of a long one that it replaces.
  constexpr std::size_t wasteful = 1024;
  auto* const text = std::get_if<std::string>(&value);
  if (text == nullptr)
    value.emplace<std::string>(bytes);
  else if (text->capacity() > wasteful && text->capacity() / 2 > bytes.size())
    std::string(bytes).swap(*text);
  else
    text->assign(bytes);
}

}  // namespace respd
