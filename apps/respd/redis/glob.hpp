// apps/respd/redis/glob.hpp: the patterns of KEYS, SCAN, PSUBSCRIBE and CONFIG GET.
#pragma once
#include <string_view>

namespace respd {

/// Whether `pattern` matches all of `text`: '*' any bytes, '?' one byte, "[a-z]" and "[^a-z]" one
/// of a class, '\' takes the special meaning from the next byte. Bytes compare as they are unless
/// `ignore_case` (ASCII) is set. Cost: at most the product of the two sizes, whatever the pattern.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text,
                              bool ignore_case = false) noexcept;

}  // namespace respd
