// must_not_compile/scoped_all.cpp: a loan in the place of a child.
// expect: this_is_not_awaitable_give_Tasks_or_other_awaitables_or_one_std_vector_of_them
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Step<> step(int& n);

Task<> use(Core&) {
#ifdef FIXED
  int n = 1;
  co_await all(step(scoped(n)), sleep(std::chrono::seconds(1)));
#else
  int n = 1;
  co_await all(scoped(n), sleep(std::chrono::seconds(1)));
#endif
}
