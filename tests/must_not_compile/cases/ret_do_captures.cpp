// must_not_compile/ret_do_captures.cpp: a lambda with captures, given to `ret_do`.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
#include <cstdio>
#include <troupe/core.hpp>

using namespace troupe;

auto use([[maybe_unused]] int& sum) {
#ifdef FIXED
  return ret_do([](Literal text, Reply<int> r) { std::printf("%s %d\n", text.c_str(), *r); },
                Literal("sum"));
#else
  return ret_do([&sum](Reply<int> r) { sum += *r; });
#endif
}
