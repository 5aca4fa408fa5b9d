// must_not_compile/remote_watch_lambda.cpp: a bare function for the end of another runtime's actor.
// expect: wrap_the_function_in_ret_do_or_ret_some_do
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {};
void use(const Remote<Light>& far) {
#ifdef FIXED
  watch(far, ret_do([](Reply<StopCause>) {}));
#else
  watch(far, [](Reply<StopCause>) {});
#endif
}
