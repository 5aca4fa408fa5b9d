// must_not_compile/offload_result_task.cpp: a coroutine as a job.
// expect: a_job_is_no_coroutine_it_returns_a_value_when_it_is_done
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
int counts(int n) { return n; }
#else
Task<int> counts(int n) { co_return n; }
#endif
Task<> use(PoolRef pool) { co_await offload(pool, &counts, 1); }
