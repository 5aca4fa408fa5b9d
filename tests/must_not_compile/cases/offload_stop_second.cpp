// must_not_compile/offload_stop_second.cpp: a JobStop that does not come first.
// expect: a_job_takes_its_JobStop_first_by_value_or_const_reference
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
int work(const JobStop& stop, int n) { return stop.stop_requested() ? 0 : n; }
#else
int work(int n, const JobStop& stop) { return stop.stop_requested() ? 0 : n; }
#endif
void use(Core& core, const PoolRef& pool) { offload(core, pool, &work, ret_nop, 1); }
