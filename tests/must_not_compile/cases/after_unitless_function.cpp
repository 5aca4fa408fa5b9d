// must_not_compile/after_unitless_function.cpp: a wait without a unit, of a function.
// expect: a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

void use(Core& core) {
#ifdef FIXED
  after(core, 5s, [] {});
#else
  after(core, 5, [] {});
#endif
}
