// task/mode.hpp: `Mode`: what becomes of a reply that does not come.
#pragma once
#include <cstdint>
#include <exception>
#include <expected>
#include <optional>
#include <troupe/base/panic.hpp>
#include <troupe/core/actor_fail.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

/// What becomes of a reply that does not come.
enum class Mode : std::uint8_t {
  drop,   ///< the task ends at that co_await, and its own Ret hears the failure
  reply,  ///< the co_await gives std::expected<T, ActorFail>
  value,  ///< the co_await throws ActorFailed
};

namespace detail {
// Mode drop comes here only in a coroutine of a foreign type.
template <Mode M>
[[noreturn]] TROUPE_COLD void throw_failed([[maybe_unused]] const ActorFail& why) {
  if constexpr (M == Mode::drop)
    TROUPE_THROW(LossInForeign::thrown(why));
  else
    TROUPE_THROW(ActorFailed(why));
}

template <class X> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;

// What an await gives in mode reply, where something came: the result of take(), and what take()
// throws, as a value.
// @tparam R an expected, which may be what take() returns; of a stream, an optional of one
template <class R, class Take> R as_reply(Take&& take) {
  using Taken = decltype(take());
  TROUPE_TRY {
    if constexpr (std::is_void_v<Taken>)
      return take(), R();
    else if constexpr (std::is_same_v<R, std::remove_cvref_t<Taken>>)
      return take();
    else if constexpr (is_optional<R>)
      return R(take());
    else
      return R(std::in_place, take());
  }
  TROUPE_CATCH_ALL { return R(std::unexpected(fail_of(std::current_exception()))); }
}

// What an await gives or throws where nothing came, or an exception. Under Mode::reply it is an R.
template <Mode M, class R> R failed_in(const ActorFail& why) {
  if constexpr (M == Mode::reply)
    return R(std::unexpected(why));
  else
    throw_failed<M>(why);
}
template <Mode M, class R> R threw_in(std::exception_ptr error) {
  if constexpr (M == Mode::reply)
    return R(std::unexpected(fail_of(error)));
  else
    std::rethrow_exception(std::move(error));
}

// What an await of ours gives in its mode: how each awaiter says its result.
// @tparam R what it gives under Mode::reply
// @param came whether there is something to take
// @param take gives that
// @param why gives the failure where nothing came, or throws what is thrown in its place
template <Mode M, class R, class Take, class Why>
TROUPE_INLINE decltype(auto) result_in(bool came, Take&& take, Why&& why) {
  if constexpr (M == Mode::reply) {
    if (!came) [[unlikely]]
      return R(std::unexpected(why()));
    return detail::as_reply<R>(take);
  } else {
    if (!came) [[unlikely]]
      throw_failed<M>(why());
    return take();
  }
}

// What the next item of a stream is in mode M, and one that came.
template <Mode M, class T>
using ItemIn = std::optional<std::conditional_t<M == Mode::reply, std::expected<T, ActorFail>, T>>;
template <Mode M, class T> TROUPE_INLINE ItemIn<M, T> item_in(T&& item) {
  if constexpr (M == Mode::reply)
    return ItemIn<M, T>(std::in_place, std::in_place, std::move(item));
  else
    return ItemIn<M, T>(std::move(item));
}
}  // namespace detail

}  // namespace troupe
