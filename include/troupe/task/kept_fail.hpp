// task/kept_fail.hpp: a failure that waits until somebody asks for it, in one word. (internal)
#pragma once
#include <troupe/core/actor_fail.hpp>

namespace troupe {

class Core;

namespace detail {
// In a cell of the runtime's pool, with all that it says; or its mere word, where there is no
// memory. Never null.
const ActorFail* keep_fail(Core& core, const ActorFail& fail) noexcept;
void drop_kept_fail(const ActorFail* kept) noexcept;
}  // namespace detail

}  // namespace troupe
