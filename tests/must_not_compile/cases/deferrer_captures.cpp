// must_not_compile/deferrer_captures.cpp: a lambda with captures, given to a Deferrer.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
#include <troupe/core.hpp>

using namespace troupe;

void use(Deferrer deferrer, [[maybe_unused]] int& sum, [[maybe_unused]] Share<int> share) {
#ifdef FIXED
  deferrer.defer([](Core& c, Share<int> s) { ++*s.rw(c); }, share);
#else
  deferrer.defer([&sum] { ++sum; });
#endif
}
