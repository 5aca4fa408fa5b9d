// must_not_compile/at_duration_function.cpp: a time of a timer that is a duration, with a function.
// expect: at_takes_an_Instant_for_a_Duration_use_after
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  after(core, std::chrono::seconds(2), [] {});
#else
  at(core, std::chrono::seconds(2), [] {});
#endif
}
