// must_not_compile/defer_std_function.cpp: a std::function: nothing tells what it captured.
// expect: a_std_function_hides_what_it_captured_give_a_lambda_and_bind_values_behind_it
#include <cstdio>
#include <functional>
#include <troupe/core.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  defer(core, [] { std::puts("hello"); });
#else
  std::function<void()> hello = [] { std::puts("hello"); };
  defer(core, hello);
#endif
}
