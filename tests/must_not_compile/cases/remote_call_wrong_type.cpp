// must_not_compile/remote_call_wrong_type.cpp: what a local call refuses, a remote one does.
// expect: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
#include <string>
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {
 public:
  void set(int) {}
};
void use(const Remote<Light>& far) {
#ifdef FIXED
  call<&Light::set>(far, 1);
#else
  call<&Light::set>(far, std::string("on"));
#endif
}
