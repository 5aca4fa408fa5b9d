// must_not_compile/piped_thread_reference_to_bound.cpp: a bound value is moved in, not lent.
// expect: a_bound_value_is_moved_into_the_function_take_it_by_value_or_const_reference
#include <string>
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;
using Thread = PipedThread<int, int>;

#ifdef FIXED
void work(Thread::Link&, std::string text) { text += '.'; }
#else
void work(Thread::Link&, std::string& text) { text += '.'; }
#endif
void use(Core& core) { const Thread thread(core, fwd_nop, ret_nop, &work, std::string("text")); }
