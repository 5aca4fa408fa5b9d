// apps/respd/redis/glob.cpp: matches patterns by going back to the last '*' only, which is enough
// and never exponential.
#include "redis/glob.hpp"

#include <cstddef>
#include <utility>

namespace respd {

namespace {

unsigned char folded(char c, bool ignore_case) {
  const auto byte = static_cast<unsigned char>(c);
  return ignore_case && byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte + ('a' - 'A'))
                                                   : byte;
}

// Matches `c` against the class whose '[' stands before `at`, and moves `at` behind its ']'. A
// class that is not closed ends with the pattern.
bool match_class(std::string_view pattern, std::size_t& at, unsigned char c, bool ignore_case) {
  const bool negated = at < pattern.size() && pattern[at] == '^';
  if (negated) ++at;
  bool found = false;
  for (;; ++at) {
    if (at == pattern.size()) return found != negated;
    if (pattern[at] == '\\' && pattern.size() - at >= 2) {
      found = folded(pattern[++at], ignore_case) == c || found;
    } else if (pattern[at] == ']') {
      ++at;
      return found != negated;
    } else if (pattern.size() - at >= 3 && pattern[at + 1] == '-') {
      auto low = static_cast<unsigned char>(pattern[at]);
      auto high = static_cast<unsigned char>(pattern[at + 2]);
      if (low > high) std::swap(low, high);
      low = folded(static_cast<char>(low), ignore_case);
      high = folded(static_cast<char>(high), ignore_case);
      found = (c >= low && c <= high) || found;
      at += 2;
    } else {
      found = folded(pattern[at], ignore_case) == c || found;
    }
  }
}

// Matches one byte against the part of the pattern at `at` (no '*'), and moves `at` behind that
// part.
bool match_one(std::string_view pattern, std::size_t& at, char byte, bool ignore_case) {
  const unsigned char c = folded(byte, ignore_case);
  const char part = pattern[at++];
  if (part == '?') return true;
  if (part == '[') return match_class(pattern, at, c, ignore_case);
  if (part == '\\' && at < pattern.size()) return folded(pattern[at++], ignore_case) == c;
  return folded(part, ignore_case) == c;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text, bool ignore_case) noexcept {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = none;  // behind the last '*' seen
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (p < pattern.size() && match_one(pattern, p, text[t], ignore_case)) {
      ++t;
      continue;
    }
    if (star == none) return false;
    p = star;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace respd
