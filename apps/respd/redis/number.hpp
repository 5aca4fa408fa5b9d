// apps/respd/redis/number.hpp: numbers as Redis writes them: no sign but '-', no spaces, no leading
// zeros.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace respd {

/// The integer that `text` spells in its one canonical form, or nothing: "+1", "01", "-0", " 1" and
/// "" are no integers.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

/// The finite or infinite number that `text` spells in full ("3", "-1.5e3", "inf"); nothing for
/// NaN, spaces or a rest, nor for a number that is too large, or too close to 0.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);
/// The same with the digits that times are read with; at most 5119 bytes of text.
[[nodiscard]] std::optional<long double> parse_long_double(std::string_view text);

/// The decimal form of an integer, held in place: no allocation.
class IntegerText {
 public:
  explicit IntegerText(std::int64_t value) noexcept;
  /// The digits; valid as long as this object.
  [[nodiscard]] std::string_view view() const noexcept {
    return {text_ + begin_, sizeof(text_) - begin_};
  }

 private:
  char text_[20];
  std::uint8_t begin_;
};

/// A double with the 17 significant digits that Redis 7.0 sends ("0.10000000000000001", "3",
/// "inf").
[[nodiscard]] std::string double_text(double value);

}  // namespace respd
