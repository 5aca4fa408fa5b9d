// apps/respd/redis/errors.hpp: the errors that many commands share, in the words of Redis.
#pragma once
#include <string_view>

namespace respd {

inline constexpr std::string_view wrong_type =
    "WRONGTYPE Operation against a key holding the wrong kind of value";
inline constexpr std::string_view syntax_error = "ERR syntax error";
inline constexpr std::string_view not_an_integer = "ERR value is not an integer or out of range";
inline constexpr std::string_view not_a_float = "ERR value is not a valid float";
inline constexpr std::string_view no_such_key = "ERR no such key";

}  // namespace respd
