// base/relocatable.hpp: which values may be moved by copying their bytes.
#pragma once
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

}  // namespace troupe
