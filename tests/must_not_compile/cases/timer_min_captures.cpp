// must_not_compile/timer_min_captures.cpp: a lambda with captures, given to `timer_min`.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
#include <troupe/core.hpp>

using namespace troupe;

void use(MinTimerKey& key, Core& core, [[maybe_unused]] int& sum,
         [[maybe_unused]] Share<int> share) {
#ifdef FIXED
  timer_min(key, core, Instant{}, [](Core& c, Share<int> s) { ++*s.rw(c); }, share);
#else
  timer_min(key, core, Instant{}, [&sum] { ++sum; });
#endif
}
