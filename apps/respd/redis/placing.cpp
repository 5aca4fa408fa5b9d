// apps/respd/redis/placing.cpp: the braces of a key, and the key positions of a command's row.
#include "redis/placing.hpp"

#include <algorithm>

namespace respd {

std::string_view placing_part(std::string_view key) noexcept {
  const std::size_t open = key.find('{');
  if (open == std::string_view::npos) return key;
  const std::size_t close = key.find('}', open + 1);
  if (close == std::string_view::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

KeyWords key_words(const Command& command, Args args) noexcept {
  if (command.first_key == 0) return {};
  const auto words = static_cast<int>(args.size());
  const int last = command.last_key < 0 ? words + command.last_key : command.last_key;
  return {static_cast<std::size_t>(command.first_key),
          static_cast<std::size_t>(std::max(std::min(last, words - 1), 0)),
          static_cast<std::size_t>(command.key_step)};
}

}  // namespace respd
