// must_not_compile/timer_max_captures.cpp: a lambda with captures, given to `timer_max`.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
#include <troupe/core.hpp>

using namespace troupe;

void use(MaxTimerKey& key, Core& core, [[maybe_unused]] int& sum,
         [[maybe_unused]] Share<int> share) {
#ifdef FIXED
  timer_max(key, core, Instant{}, [](Core& c, Share<int> s) { ++*s.rw(c); }, share);
#else
  timer_max(key, core, Instant{}, [&sum] { ++sum; });
#endif
}
