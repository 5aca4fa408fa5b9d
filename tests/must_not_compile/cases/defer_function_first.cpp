// must_not_compile/defer_function_first.cpp: a function that is given before the Core.
// expect: the_actor_or_Core_comes_first
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

void use(Core& core) {
#ifdef FIXED
  defer(core, [] {});
#else
  defer([] {}, core);
#endif
}
