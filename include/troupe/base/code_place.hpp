// base/code_place.hpp: a place in the user's code, for reports.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string_view>
#include <troupe/base/platform.hpp>

namespace troupe {

/// A function, and a line of it. Names static storage; may be kept.
class CodePlace {
 public:
  CodePlace() noexcept = default;
  explicit CodePlace(const std::source_location& at) noexcept
      : function_(clean(at.function_name())), file_(at.file_name()), line_(at.line()) {}
  std::string_view function() const noexcept { return function_; }
  std::string_view file() const noexcept { return file_; }
  std::uint32_t line() const noexcept { return line_; }

 private:
  // GCC calls the body of a coroutine `void f(f()::_Z1fv.Frame*)`: the function is meant.
  static std::string_view clean(std::string_view name) noexcept {
    if (!name.ends_with(".Frame*)")) return name;
    if (name.starts_with("void ")) name.remove_prefix(5);
    int depth = 0;
    for (std::size_t i = name.size(); i-- > 0;) {
      if (name[i] == ')') ++depth;
      if (name[i] == '(' && --depth == 0) return name.substr(0, i);
    }
    return name;
  }
  std::string_view function_, file_;
  std::uint32_t line_ = 0;
};

namespace detail {
// A place as the parameter of an await_transform, by default TROUPE_RAW_PLACE. GCC keeps a
// parameter of class type, and what it was made from, in the frame of the coroutine: so there it is
// a pointer. Clang keeps none, and behind a precompiled header refuses to make that pointer of
// libc++'s.
#if TROUPE_CLANG
using RawPlace = std::source_location;
#else
using RawPlace = decltype(__builtin_source_location());
#endif
TROUPE_INLINE std::source_location place_of(RawPlace raw) noexcept {
  return std::bit_cast<std::source_location>(raw);
}

// "function, file:line" without memory, for the words of a panic; a long one is cut short.
class PlaceText {
 public:
  explicit PlaceText(const CodePlace& at) noexcept;
  operator std::string_view() const noexcept { return {text_, size_}; }

 private:
  char text_[512];
  std::size_t size_;
};
}  // namespace detail

}  // namespace troupe
