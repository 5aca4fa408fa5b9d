// must_not_compile/offload_wrong_arguments.cpp: a job that does not take what is bound.
// expect: the_function_does_not_take_these_bound_arguments
#include <string>
#include <troupe/thread.hpp>

using namespace troupe;

int same(int n) { return n; }
Task<int> use(PoolRef pool) {
#ifdef FIXED
  const int n = co_await offload(pool, &same, 1);
#else
  const int n = co_await offload(pool, &same, std::string("1"));
#endif
  co_return n;
}
