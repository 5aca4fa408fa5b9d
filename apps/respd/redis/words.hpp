// apps/respd/redis/words.hpp: names and options, which clients write in any case.
#pragma once
#include <string>
#include <string_view>

namespace respd {

/// Whether two words are the same but for the case of ASCII letters. `lower` is in lower case.
[[nodiscard]] bool is_word(std::string_view word, std::string_view lower) noexcept;
/// `text` with its ASCII letters in lower or upper case.
[[nodiscard]] std::string lower_case(std::string_view text);
[[nodiscard]] std::string upper_case(std::string_view text);

}  // namespace respd
