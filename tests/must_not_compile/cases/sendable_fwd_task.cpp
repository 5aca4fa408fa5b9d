// must_not_compile/sendable_fwd_task.cpp: tasks for another thread, through a Fwd.
// expect: what_belongs_to_one_runtime_stays_on_its_thread_send_sendable_of_a_Ret_or_Fwd
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
using Item = int;
#else
using Item = TaskRef;
#endif
void use(Core& core, Fwd<Item> fwd) {
  auto made = sendable(core, std::move(fwd));
  (void)made;
}
