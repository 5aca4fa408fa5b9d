// task/mode.hpp: `Mode`: what becomes of a reply that does not come.
#pragma once
#include <cstdint>
#include <troupe/core/actor_fail.hpp>

namespace troupe {

/// What becomes of a reply that does not come.
enum class Mode : std::uint8_t {
  drop,   ///< the task ends at that co_await, and its own Ret hears the failure
  reply,  ///< the co_await gives std::expected<T, ActorFail>
  value,  ///< the co_await throws ActorFailed
};

namespace detail {
// Mode drop comes here only in a coroutine of a foreign type.
template <Mode M> [[noreturn]] TROUPE_COLD void throw_failed([[maybe_unused]] const ActorFail& why) {
  if constexpr (M == Mode::drop)
    TROUPE_THROW(LossInForeign::thrown(why));
  else
    TROUPE_THROW(ActorFailed(why));
}
}  // namespace detail

}  // namespace troupe
