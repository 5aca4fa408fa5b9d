// must_not_compile/piped_thread_link.cpp: the function of a thread takes a link of other items.
// expect: the_function_of_a_PipedThread_takes_a_PipedLink_of_In_and_Out_then_its_arguments
#include <memory>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
void work(PipedLink<int, long>&) {}
#else
void work(PipedLink<long, int>&) {}
#endif
void use(Core& core) {
  PipedThread<int, long> thread(core, PipeBounds{.in = 10}, fwd_nop, ret_nop, &work);
}
