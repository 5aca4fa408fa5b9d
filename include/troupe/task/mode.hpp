// task/mode.hpp: `Mode`: what becomes of a reply that does not come.
#pragma once
#include <cstdint>
#include <exception>
#include <expected>
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

// What an await gives in mode reply, where something came: the result of take(), and what take()
// throws, as a value.
// @tparam R an expected, which may be what take() returns
template <class R, class Take> R as_reply(Take&& take) {
  using Taken = decltype(take());
  TROUPE_TRY {
    if constexpr (std::is_void_v<Taken>)
      return take(), R();
    else if constexpr (std::is_same_v<R, std::remove_cvref_t<Taken>>)
      return take();
    else
      return R(std::in_place, take());
  }
  TROUPE_CATCH_ALL { return R(std::unexpected(fail_of(std::current_exception()))); }
}
}  // namespace detail

}  // namespace troupe
