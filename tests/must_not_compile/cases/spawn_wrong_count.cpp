// must_not_compile/spawn_wrong_count.cpp: a coroutine with too few arguments.
// expect: the_coroutine_takes_another_number_of_arguments
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

Task<> child(Core&, int, int) { co_return; }

void use(Core& core) {
#ifdef FIXED
  spawn(core, child, ret_nop, 1, 2);
#else
  spawn(core, child, ret_nop, 1);
#endif
}
