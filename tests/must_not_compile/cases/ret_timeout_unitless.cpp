// must_not_compile/ret_timeout_unitless.cpp: a limit of a Ret without a unit.
// expect: a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

Ret<int> use(Core& core, Ret<int> ret) {
#ifdef FIXED
  return std::move(ret).with_timeout(core, 5s);
#else
  return std::move(ret).with_timeout(core, 5);
#endif
}
