// apps/respd/redis/string_value.hpp: string values, which may be kept as the numbers that they are.
#pragma once
#include <optional>
#include <string_view>

#include "redis/number.hpp"
#include "redis/reply.hpp"
#include "redis/value.hpp"

namespace respd {

/// The bytes of a string value; a number is spelled into `scratch`.
[[nodiscard]] std::string_view string_bytes(const Value& value,
                                            std::optional<IntegerText>& scratch) noexcept;
/// Answers with a string value as a bulk string.
void reply_string(Reply& reply, const Value& value);

}  // namespace respd
