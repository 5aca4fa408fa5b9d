// apps/respd/redis/number.cpp: reads and writes numbers the way Redis does.
#include "redis/number.hpp"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace respd {

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
  constexpr std::size_t longest = 20;
  if (text.empty() || text.size() > longest) return std::nullopt;
  const bool negative = text[0] == '-';
  std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty()) return std::nullopt;
  if (digits[0] == '0')
    return digits.size() == 1 && !negative ? std::optional<std::int64_t>(0) : std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(c)) - unsigned{'0'};
    if (digit > 9) return std::nullopt;
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value > largest + (negative ? 1U : 0U)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? std::uint64_t{0} - value : value);
}

namespace {

// What `read` (strtod or the like) makes of the whole text.
template <class Real>
std::optional<Real> parse_real(std::string_view text, Real (*read)(const char*, char**)) {
  if (text.empty() || text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r')) return std::nullopt;
  const std::string copy(text);  // for its end mark, which a view into a request does not have
  char* end = nullptr;
  errno = 0;
  const Real value = read(copy.c_str(), &end);
  if (end != copy.c_str() + copy.size() || std::isnan(value)) return std::nullopt;
  if (errno == ERANGE && (std::isinf(value) || value == 0)) return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> parse_double(std::string_view text) { return parse_real(text, std::strtod); }

std::optional<long double> parse_long_double(std::string_view text) {
  constexpr std::size_t longest = 5 * 1024 - 1;
  return text.size() > longest ? std::nullopt : parse_real(text, std::strtold);
}

IntegerText::IntegerText(std::int64_t value) noexcept {
  // Written from the end, so that one division a digit is all the work.
  auto rest = value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value)
                        : static_cast<std::uint64_t>(value);
  std::uint8_t at = sizeof(text_);
  do {
    text_[--at] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (value < 0) text_[--at] = '-';
  begin_ = at;
}

std::string double_text(double value) {
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char text[64];
  const int size = std::snprintf(text, sizeof(text), "%.17g", value);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace respd
