// must_not_compile/owned_timer_captures.cpp: a lambda with captures.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
#include <troupe/core.hpp>

using namespace troupe;

void use(FixedTimer& timer, Core& core, [[maybe_unused]] int& sum,
         [[maybe_unused]] Share<int> share) {
#ifdef FIXED
  timer.at(core, Instant{}, [](Core& c, Share<int> s) { ++*s.rw(c); }, share);
#else
  timer.at(core, Instant{}, [&sum] { ++sum; });
#endif
}
