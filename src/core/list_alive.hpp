// core/list_alive.hpp: what keeps a runtime running, out of its lists. (internal)
#pragma once
#include <troupe/core/kernel.hpp>
#include <troupe/core/why_alive.hpp>

namespace troupe::detail {

WhyAlive list_alive(
    const Kernel& kernel);  // without its actors and the number of its Rets; throws bad_alloc

}  // namespace troupe::detail
