// apps/respd/redis/answer_reader.hpp: reads answers in RESP2, as another store has written them.
#pragma once
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace respd {

/// Goes through one answer that is known to be whole and right.
class AnswerReader {
 public:
  explicit AnswerReader(std::string_view answer) noexcept : rest_(answer) {}

  [[nodiscard]] bool is_error() const noexcept { return rest_.starts_with('-'); }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
  /// An integer, or how many elements an array has: they follow.
  std::int64_t number() noexcept {
    const std::size_t end = rest_.find('\r');
    std::int64_t value = 0;
    std::from_chars(rest_.data() + 1, rest_.data() + end, value);
    rest_.remove_prefix(end + 2);
    return value;
  }
  /// A string; nullopt for none.
  std::optional<std::string_view> bulk() noexcept {
    const std::int64_t size = number();
    if (size < 0) return std::nullopt;
    const std::string_view text = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(static_cast<std::size_t>(size) + 2);
    return text;
  }

 private:
  std::string_view rest_;
};

}  // namespace respd
