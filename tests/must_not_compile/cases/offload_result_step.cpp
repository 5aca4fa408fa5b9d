// must_not_compile/offload_result_step.cpp: the function of a job is a coroutine that may borrow.
// expect: a_job_is_no_coroutine_it_returns_a_value_when_it_is_done
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
int works(int n) { return n; }
#else
Step<int> works(int n) { co_return n; }
#endif
Task<int> use(PoolRef pool) { co_return co_await offload(pool, &works, 1); }
