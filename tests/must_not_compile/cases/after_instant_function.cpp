// must_not_compile/after_instant_function.cpp: a wait of a timer that is an instant, with a
// function.
// expect: after_takes_a_Duration_for_an_Instant_use_at
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  at(core, Instant{}, [] {});
#else
  after(core, Instant{}, [] {});
#endif
}
