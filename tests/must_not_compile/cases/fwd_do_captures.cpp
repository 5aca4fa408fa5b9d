// must_not_compile/fwd_do_captures.cpp: a lambda with captures, given to `fwd_do`.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
#include <cstdio>
#include <troupe/core.hpp>

using namespace troupe;

auto use([[maybe_unused]] int& sum) {
#ifdef FIXED
  return fwd_do([](Literal text, int r) { std::printf("%s %d\n", text.c_str(), r); },
                Literal("sum"));
#else
  return fwd_do([&sum](int r) { sum += r; });
#endif
}
