// must_not_compile/defer_no_function.cpp: something that is no function.
// expect: this_is_no_function_to_run
#include <troupe/core.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  defer(core, [](int) {}, 7);
#else
  defer(core, 7);
#endif
}
