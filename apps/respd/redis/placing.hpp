// apps/respd/redis/placing.hpp: which words of a request are keys, and what of a key says where it
// belongs when the keys are spread over several stores.
#pragma once
#include <cstddef>
#include <string_view>

#include "redis/command.hpp"

namespace respd {

/// What decides to which store a key belongs: what stands between its first "{" and the next "}",
/// if that is something, else all of it. So clients of Redis Cluster keep keys together:
/// "{user7}.name" and "{user7}.age".
[[nodiscard]] std::string_view placing_part(std::string_view key) noexcept;

/// Which words of a request are keys: each `step`-th from `first` to `last`, none where `first` is
/// 0.
struct KeyWords {
  std::size_t first = 0;
  std::size_t last = 0;
  std::size_t step = 1;
};
/// Those of a request that `command` runs.
[[nodiscard]] KeyWords key_words(const Command& command, Args args) noexcept;

}  // namespace respd
