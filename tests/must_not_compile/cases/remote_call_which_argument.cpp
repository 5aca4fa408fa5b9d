// must_not_compile/remote_call_which_argument.cpp: the error names the argument, and both types.
// expect: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
// expect: argument<2,
// expect: wanted<int>
#include <string>
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {
 public:
  void set(std::string, int) {}
};
void use(const Remote<Light>& far) {
#ifdef FIXED
  call<&Light::set>(far, "hall", 1);
#else
  call<&Light::set>(far, "hall", std::string("on"));
#endif
}
