// must_not_compile/all_vector_and_task.cpp: a vector of Tasks beside a Task.
// expect: this_is_not_awaitable_give_Tasks_or_other_awaitables_or_one_std_vector_of_them
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>
#include <vector>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
  std::vector<Task<int>> tasks;
#ifdef FIXED
  co_await all(all(std::move(tasks)), child());
#else
  co_await all(std::move(tasks), child());
#endif
}
