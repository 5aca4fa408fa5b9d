// must_not_compile/wait_any_receiver.cpp: a thread that waits for what comes to a runtime.
// expect: wait_any_waits_for_ThreadReceivers_and_PipedLinks_that_have_a_name
#include <memory>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
using Other = ThreadReceiver<int>;
#else
using Other = Receiver;
#endif
std::size_t use(PipedLink<int, int>& link, Other& other) { return wait_any(link, other); }
