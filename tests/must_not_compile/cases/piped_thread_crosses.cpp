// must_not_compile/piped_thread_crosses.cpp: a PipedThread that goes to another thread.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
#include <memory>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
using Item = BoundedSender<int>;
#else
using Item = std::unique_ptr<PipedThread<int, int>>;
#endif
void use() {
  auto made = thread_channel<Item>();
  (void)made;
}
