// must_not_compile/offload_stop_reference.cpp: a JobStop by plain reference.
// expect: a_job_takes_its_JobStop_first_by_value_or_const_reference
#include <troupe/task.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
int work(JobStop stop) { return stop.stop_requested() ? 0 : 1; }
#else
int work(JobStop& stop) { return stop.stop_requested() ? 0 : 1; }
#endif
Task<int> use(PoolRef pool) {
  const int n = co_await offload(pool, &work);
  co_return n;
}
