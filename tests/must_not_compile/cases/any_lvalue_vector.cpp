// must_not_compile/any_lvalue_vector.cpp: a vector of Tasks that is not moved, of which any may
// come.
// expect: what_is_awaited_is_used_up_hand_it_on_with_std_move
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>
#include <vector>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
  std::vector<Task<int>> tasks;
#ifdef FIXED
  co_await any(std::move(tasks));
#else
  co_await any(tasks);
#endif
}
