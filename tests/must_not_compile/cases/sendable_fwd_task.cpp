// must_not_compile/sendable_fwd_task.cpp: tasks for another thread, through a Fwd.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
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
