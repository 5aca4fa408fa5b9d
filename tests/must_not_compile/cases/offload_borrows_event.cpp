// must_not_compile/offload_borrows_event.cpp: a loan of what belongs to a runtime.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
#include <atomic>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
using Shown = std::atomic<bool>;
void show(Shown& there) { there = true; }
#else
using Shown = Event;
void show(Shown& there) { there.set(); }
#endif
void use(Core& core, const PoolRef& pool, Shown& there) {
  offload(core, pool, &show, ret_nop, unsafe_borrow(there));
}
