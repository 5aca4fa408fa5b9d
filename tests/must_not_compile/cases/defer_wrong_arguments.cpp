// must_not_compile/defer_wrong_arguments.cpp: a bound argument that the function does not take.
// expect: the_function_does_not_take_these_bound_arguments
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  defer(core, [](int) {}, 7);
#else
  defer(core, [](std::string) {}, 7);
#endif
}
