// must_not_compile/await_ret.cpp: a Ret awaited instead of the pipe that it answers.
// expect: deleted
// expect: nothing_to_await_it_has_neither_operator_co_await_nor_await_ready
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> use(Core& core) {
  auto [value, ret] = push_pipe<int>(core);
  ret(1);
#ifdef FIXED
  co_return co_await value;
#else
  co_await ret;
  co_return 1;
#endif
}
