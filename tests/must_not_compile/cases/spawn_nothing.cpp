// must_not_compile/spawn_nothing.cpp: something that can be neither called nor awaited.
// expect: this_is_neither_a_coroutine_function_nor_awaitable
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  spawn(core, sleep(std::chrono::seconds(7)), ret_nop);
#else
  spawn(core, 7, ret_nop);
#endif
}
