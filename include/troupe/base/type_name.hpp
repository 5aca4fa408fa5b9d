// base/type_name.hpp: the name of a type as text, without RTTI.
#pragma once
#include <string_view>

namespace troupe {

namespace detail {
template <class T> consteval std::string_view signature_with() { return __PRETTY_FUNCTION__; }
consteval std::string_view cut_name(std::string_view signature) {
  const auto from = signature.find("T = ") + 4;
  auto to =
      signature.find("; std::string_view", from);  // GCC explains its aliases behind a semicolon
  if (to == std::string_view::npos) to = signature.rfind(']');
  return signature.substr(from, to - from);
}
}  // namespace detail

/// The name of `T` as the compiler spells it, for logs and listings: not stable between compilers.
template <class T>
inline constexpr std::string_view type_name = detail::cut_name(detail::signature_with<T>());

}  // namespace troupe
