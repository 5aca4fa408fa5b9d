// must_not_compile/task_awaited_twice.cpp: a Task that is awaited after it was moved away.
// expect: argument not in expected state; expected 'unconsumed', observed 'consumed'
// compilers: clang
// flags: -Werror=consumed
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<int> use() {
  auto task = child();
  const int first = co_await std::move(task);
#ifdef FIXED
  auto another = child();
  co_return first + co_await std::move(another);
#else
  co_return first + co_await std::move(task);
#endif
}
