// must_not_compile/await_number.cpp: something that is no awaitable.
// expect: deleted
// expect: nothing_to_await_it_has_neither_operator_co_await_nor_await_ready
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> use() {
#ifdef FIXED
  co_await sleep(std::chrono::seconds(7));
  co_return 7;
#else
  co_return co_await 7;
#endif
}
