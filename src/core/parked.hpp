// core/parked.hpp: the end of an actor whose tasks foreign code still holds. (internal)
//
// Its state waits until foreign code has let go of them; who wants to hear of its end waits no
// longer than `Runtime::set_park_limit` says.
#pragma once
#include <troupe/core/box.hpp>

namespace troupe::detail {

std::uint32_t parked_tasks(const Box& box) noexcept;
void wait_for_parked(Box& box, StopCause&& cause) noexcept;
void abandon_parked(Kernel& kernel) noexcept;  // the runtime ends: notices wait no longer

}  // namespace troupe::detail
