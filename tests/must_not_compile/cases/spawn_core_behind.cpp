// must_not_compile/spawn_core_behind.cpp: a coroutine that takes its Core last.
// expect: a_Core_or_Cx_comes_first_in_a_coroutine_and_is_passed_by_what_spawns_it
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

#ifdef FIXED
Task<> child(Core&, int);
#else
Task<> child(int, Core&);
#endif

void use(Core& core) {
#ifdef FIXED
  spawn(core, child, ret_nop, 1);
#else
  spawn(core, child, ret_nop, 1);
#endif
}
