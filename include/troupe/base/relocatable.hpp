// base/relocatable.hpp: which values may be moved by copying their bytes.
#pragma once
#include <cstring>
#include <memory>
#include <type_traits>

namespace troupe {

namespace detail {
template <class T>
concept marked_relocatable = requires { typename T::troupe_relocatable; };
}  // namespace detail

/// Whether a `T` may be moved to another address by copying its bytes and forgetting the original.
/// True for trivially copyable types and for the library's own handles; say `template <> inline
/// constexpr bool troupe::relocatable<MyHandle> = true;` for a type of yours that holds no pointer
/// into itself. Bound arguments of a `Ret` that are relocatable and fit into 16 bytes need no
/// memory from the pool.
template <class T>
inline constexpr bool relocatable =
    std::is_trivially_copyable_v<T> || detail::marked_relocatable<T>;

namespace detail {
// What leaves a place that goes and is not looked at again: its bytes move.
template <class X>
  requires relocatable<X>
union Relocated {
  explicit Relocated(const X& from) noexcept {
    std::memcpy(static_cast<void*>(std::addressof(value)), std::addressof(from), sizeof(X));
  }
  ~Relocated() { value.~X(); }
  X value;
};
}  // namespace detail

}  // namespace troupe
