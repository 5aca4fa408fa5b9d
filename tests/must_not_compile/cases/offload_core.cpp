// must_not_compile/offload_core.cpp: a job sees nothing of the runtime, and unsafe_borrow is no
// cure.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

void use(Core& core, const PoolRef& pool) {
#ifdef FIXED
  offload(core, pool, [](int) {}, ret_nop, 1);
#else
  offload(core, pool, [](Core&) {}, ret_nop, core);
#endif
}
