// core/list_alive.hpp: what keeps a runtime running, out of its lists. (internal)
#pragma once
#include <troupe/core/kernel.hpp>
#include <troupe/core/why_alive.hpp>

namespace troupe::detail {

WhyAlive list_alive(const Kernel& kernel);  // without the number of its Rets; throws bad_alloc
// In the order of their making: those that live, and on request those whose state is parked. Throws
// bad_alloc.
std::vector<ActorInfo> list_actors(const Kernel& kernel, bool parked);

}  // namespace troupe::detail
