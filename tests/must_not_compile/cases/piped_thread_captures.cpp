// must_not_compile/piped_thread_captures.cpp: the function of a thread captures what may be gone.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
#include <memory>
#include <troupe/thread.hpp>

using namespace troupe;

using Link = PipedLink<int, int>;
void use(Core& core, int n) {
#ifdef FIXED
  PipedThread<int, int> thread(
      core, fwd_nop, ret_nop, [](Link& link, int m) { (void)link.send(std::move(m)); }, n);
#else
  PipedThread<int, int> thread(core, fwd_nop, ret_nop,
                               [&n](Link& link) { (void)link.send(std::move(n)); });
#endif
}
