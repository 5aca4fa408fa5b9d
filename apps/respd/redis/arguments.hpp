// apps/respd/redis/arguments.hpp: the numbers, databases and times among the words of a request.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "redis/command.hpp"
#include "redis/errors.hpp"

namespace respd {

/// Answers "wrong number of arguments" for the command called `name`.
void wrong_arity(Call& call, std::string_view name);
/// The integer that `text` spells; otherwise answers `error` and gives nothing.
[[nodiscard]] std::optional<std::int64_t> integer_arg(Call& call, std::string_view text,
                                                      std::string_view error = not_an_integer);
/// The same for a range.
[[nodiscard]] std::optional<std::int64_t> integer_arg_in(Call& call, std::string_view text,
                                                         std::int64_t low, std::int64_t high,
                                                         std::string_view error);

/// The integer of 32 bits that is to name a database; otherwise answers `error` and gives nothing.
/// Without an `error`, what is no integer is told from what is too large.
[[nodiscard]] std::optional<std::int64_t> database_number_arg(Call& call, std::string_view text,
                                                              std::string_view error = {});
/// The database that `text` names; otherwise answers an error and gives nothing.
[[nodiscard]] std::optional<std::size_t> database_arg(Call& call, std::string_view text);

/// How a relative or absolute time is given.
enum class TimeUnit : std::uint8_t { seconds, milliseconds };

/// Reads the expiry time of SET EX and the like: `text` is positive, relative to now unless
/// `absolute`. Otherwise answers an error that names `command`.
[[nodiscard]] std::optional<UnixMs> expiry_arg(Call& call, std::string_view text, TimeUnit unit,
                                               bool absolute, std::string_view command);

}  // namespace respd
