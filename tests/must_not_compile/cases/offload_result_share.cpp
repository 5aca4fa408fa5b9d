// must_not_compile/offload_result_share.cpp: a job that gives what belongs to one runtime.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
int made() { return 1; }
#else
Share<int> made();
#endif
Task<> use(PoolRef pool) {
  const auto share = co_await offload(pool, &made);
  (void)share;
}
