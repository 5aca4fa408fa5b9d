// must_not_compile/remote_ask_which_argument.cpp: the error names the argument, and both types.
// expect: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
// expect: argument<1,
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {
 public:
  bool is_on(int) { return true; }
};
Task<> use(Remote<Light> far) {
#ifdef FIXED
  (void)co_await ask<&Light::is_on>(far, 1);
#else
  (void)co_await ask<&Light::is_on>(far, std::string("on"));
#endif
}
