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
inline constexpr std::string_view too_large_answer = "ERR answer is larger than max-answer";
inline constexpr std::string_view keys_of_several_stores =
    "CROSSSLOT Keys in request don't hash to the same slot";
inline constexpr std::string_view store_has_ended = "ERR a part of this server has ended";
inline constexpr std::string_view store_is_overloaded =
    "OVERLOADED the part of this server that has the key does not keep up";

}  // namespace respd
