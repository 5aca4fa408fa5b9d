// must_not_compile/watch_lambda.cpp: a lambda where a watch takes a Ret.
// expect: wrap_the_function_in_ret_do_or_ret_some_do
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(const Actor<Light>& light) {
#ifdef FIXED
  watch(light, ret_some_do([](StopCause) {}));
#else
  watch(light, [](StopCause) {});
#endif
}
