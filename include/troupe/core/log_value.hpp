// core/log_value.hpp: which values a log statement takes, and how each is shown to a visitor.
//
// Only what a type offers is asked for (begin and end, a string-like first of a pair), so that no
// container has to be included here. A type of the user joins in with one function that
// argument-dependent lookup finds:
//
//   void troupe_log(LogVisitor& visitor, LogKey key, const Colour& colour) { visitor.kv_str(key,
//   colour.name()); }
#pragma once
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <troupe/core/log_record.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

/// Levels and filters are shown by name.
void troupe_log(LogVisitor& visitor, LogKey key, LogLevel level);
void troupe_log(LogVisitor& visitor, LogKey key, LogFilter filter);

namespace detail {

#if defined(__SIZEOF_INT128__)
__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;
template <class T>
concept wide_int = std::same_as<T, Int128> || std::same_as<T, Uint128>;
void log_wide(LogVisitor& visitor, LogKey key, Uint128 magnitude, bool negative);
#else
template <class T>
concept wide_int = false;
#endif

void log_char(LogVisitor& visitor, LogKey key, char32_t point);

template <class T>
concept log_hooked =
    requires(LogVisitor& visitor, LogKey key, const T& value) { troupe_log(visitor, key, value); };

template <class T>
concept log_wide_char = std::same_as<T, char8_t> || std::same_as<T, char16_t> ||
                        std::same_as<T, char32_t> || std::same_as<T, wchar_t>;

template <class T>
concept log_text =
    !std::same_as<T, std::nullptr_t> && std::is_convertible_v<const T&, std::string_view>;

template <class T>
concept log_u8text =
    !std::same_as<T, std::nullptr_t> && std::is_convertible_v<const T&, std::u8string_view>;

template <class T> inline constexpr bool log_optional = false;
template <class T> inline constexpr bool log_optional<std::optional<T>> = true;

template <class T> inline constexpr bool log_duration = false;
template <class R, class P> inline constexpr bool log_duration<std::chrono::duration<R, P>> = true;

template <class T>
concept log_lazy = requires(const T& value) {
  value();
  requires !std::is_void_v<decltype(value())>;
};

template <class T>
concept log_scalar =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::same_as<T, std::nullptr_t> ||
    wide_int<T> || log_text<T> || log_u8text<T> || log_duration<T>;

template <class T>
concept log_range = std::is_bounded_array_v<T> || requires(const T& range) {
  { range.begin() != range.end() } -> std::convertible_to<bool>;
  *range.begin();
};

template <class T> struct LogItem {
  using type = std::remove_cvref_t<decltype(*std::declval<const T&>().begin())>;
};
// A proxy, as the items of a vector of bool are, stands for a value that is shown instead.
template <class T>
  requires(!std::is_reference_v<decltype(*std::declval<const T&>().begin())>) &&
          std::is_convertible_v<decltype(*std::declval<const T&>().begin()), typename T::value_type>
struct LogItem<T> {
  using type = std::remove_cv_t<typename T::value_type>;
};
template <class T, std::size_t N> struct LogItem<T[N]> {
  using type = std::remove_cv_t<T>;
};
template <class T> using log_item = typename LogItem<T>::type;

template <class T>
concept log_entry = requires(const T& entry) {
  entry.first;
  entry.second;
  requires log_text<std::remove_cvref_t<decltype(entry.first)>>;
};

template <class T> consteval bool is_loggable() {
  if constexpr (log_hooked<T> || log_scalar<T>) {
    return true;
  } else if constexpr (log_optional<T>) {
    return is_loggable<std::remove_cv_t<typename T::value_type>>();
  } else if constexpr (log_lazy<T>) {
    return is_loggable<std::remove_cvref_t<decltype(std::declval<const T&>()())>>();
  } else if constexpr (log_range<T>) {
    using Item = log_item<T>;
    if constexpr (std::same_as<Item, T>) {
      return false;  // a file-system path is a range of paths without end
    } else if constexpr (log_entry<Item>) {
      return is_loggable<std::remove_cvref_t<decltype(std::declval<const Item&>().second)>>();
    } else {
      return is_loggable<Item>();
    }
  } else {
    return false;
  }
}

}  // namespace detail

/// What may stand as a value in a log statement: numbers, `bool`, enumerations (as their number),
/// texts and single characters, 128-bit integers (as text), `nullptr` (null), durations (as
/// seconds), `std::optional` (left out when empty), a function without parameters (called only if
/// the record passes), ranges of these (as arrays), ranges of pairs whose first is a text (as
/// maps), and every type with a `troupe_log` of its own, which goes first.
template <class T>
concept loggable = detail::is_loggable<T>();

template <class T>
  requires loggable<T>
void log_value(LogVisitor& visitor, LogKey key, const T& value);

namespace detail {

template <class T> void log_text_value(LogVisitor& visitor, LogKey key, const T& value) {
  if constexpr (std::is_bounded_array_v<T>) {
    // A buffer need not be terminated.
    const std::string_view all(value, std::extent_v<T>);
    visitor.kv_str(key, all.substr(0, all.find('\0')));
  } else if constexpr (std::is_pointer_v<T>) {
    value == nullptr ? visitor.kv_null(key) : visitor.kv_str(key, value);
  } else {
    visitor.kv_str(key, value);
  }
}

template <class T> void log_u8text_value(LogVisitor& visitor, LogKey key, const T& value) {
  if constexpr (std::is_pointer_v<T>) {
    if (value == nullptr) return visitor.kv_null(key);
  }
  const std::u8string_view text = value;
  visitor.kv_str(key, {reinterpret_cast<const char*>(text.data()), text.size()});
}

template <class T> void log_scalar_value(LogVisitor& visitor, LogKey key, const T& value) {
  if constexpr (std::same_as<T, std::nullptr_t>) {
    visitor.kv_null(key);
  } else if constexpr (std::same_as<T, bool>) {
    visitor.kv_bool(key, value);
  } else if constexpr (std::same_as<T, char>) {
    visitor.kv_str(key, {&value, 1});
  } else if constexpr (log_wide_char<T>) {
    log_char(visitor, key, static_cast<char32_t>(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    visitor.kv_f64(key, static_cast<double>(value));
  } else if constexpr (wide_int<T>) {
    const bool negative = value < 0;
    log_wide(visitor, key,
             negative ? Uint128{0} - static_cast<Uint128>(value) : static_cast<Uint128>(value),
             negative);
  } else if constexpr (log_text<T>) {
    log_text_value(visitor, key, value);
  } else if constexpr (log_u8text<T>) {
    log_u8text_value(visitor, key, value);
  } else if constexpr (log_duration<T>) {
    visitor.kv_f64(key, std::chrono::duration<double>(value).count());
  } else if constexpr (std::is_enum_v<T>) {
    log_scalar_value(visitor, key, static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::is_unsigned_v<T>) {
    visitor.kv_u64(key, value);
  } else {
    visitor.kv_i64(key, value);
  }
}

template <class T> void log_range_value(LogVisitor& visitor, LogKey key, const T& range) {
  if constexpr (log_entry<log_item<T>>) {
    visitor.kv_map(key);
    for (const auto& [name, item] : range) log_value(visitor, std::string_view(name), item);
    visitor.kv_map_end(key);
  } else {
    visitor.kv_arr(key);
    for (const log_item<T>& item : range) log_value(visitor, std::nullopt, item);
    visitor.kv_arr_end(key);
  }
}

}  // namespace detail

/// Shows `value` to `visitor` under `key`, which is empty for items of arrays. Hooks of compound
/// types call it for their parts. What the value or the visitor throws passes through.
template <class T>
  requires loggable<T>
void log_value(LogVisitor& visitor, LogKey key, const T& value) {
  if constexpr (detail::log_hooked<T>) {
    troupe_log(visitor, key, value);
  } else if constexpr (detail::log_scalar<T>) {
    detail::log_scalar_value(visitor, key, value);
  } else if constexpr (detail::log_optional<T>) {
    if (value.has_value()) log_value(visitor, key, *value);
  } else if constexpr (detail::log_lazy<T>) {
    log_value(visitor, key, value());
  } else {
    detail::log_range_value(visitor, key, value);
  }
}

/// A key and a reference to a value, for the length of one log statement; made by `kv`.
template <class T> class Kv {
 public:
  Kv(std::string_view key, const T& value TROUPE_LIFETIMEBOUND) noexcept
      : key_(key), value_(value) {}
  Kv(const Kv&) = delete;
  Kv& operator=(const Kv&) = delete;

  /// Shows the value to `visitor`.
  void operator()(LogVisitor& visitor) const { log_value(visitor, key_, value_); }

 private:
  std::string_view key_;
  const T& value_;
};

/// A field of a log statement: `info(cx, "connected", kv("peer", name), kv("port", port))`. Owns
/// nothing: write it inside the statement.
template <class T>
  requires loggable<T>
Kv<T> kv(std::string_view key, const T& value TROUPE_LIFETIMEBOUND) noexcept {
  return {key, value};
}

/// A value that no log statement can show: write a `troupe_log` for its type, or log a part of it.
template <class T>
  requires(!loggable<T>)
void kv(std::string_view key, const T& value) = delete;

/// A field that has no value: only that it is there counts.
inline Kv<std::nullptr_t> kv(std::string_view key) noexcept {
  static constexpr std::nullptr_t null = nullptr;
  return {key, null};
}

}  // namespace troupe
