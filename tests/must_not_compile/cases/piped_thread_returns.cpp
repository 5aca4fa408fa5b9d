// must_not_compile/piped_thread_returns.cpp: the function of a thread returns its result.
// expect: the_function_of_a_PipedThread_returns_nothing_it_sends_by_its_link
#include <memory>
#include <troupe/thread.hpp>

using namespace troupe;

using Link = PipedLink<int, int>;
#ifdef FIXED
void work(Link& link) { (void)link.send(5); }
#else
int work(Link&) { return 5; }
#endif
void use(Core& core) { PipedThread<int, int> thread(core, fwd_nop, ret_nop, &work); }
