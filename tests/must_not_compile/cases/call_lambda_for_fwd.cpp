// must_not_compile/call_lambda_for_fwd.cpp: a lambda where the method takes a Fwd.
// expect: wrap_the_function_in_fwd_do_or_name_a_method_by_fwd_to
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void tell(Fwd<int> to) { to(1); }
};

void use(const Actor<Light>& light) {
#ifdef FIXED
  call<&Light::tell>(light, fwd_do([](int) {}));
#else
  call<&Light::tell>(light, [](int) {});
#endif
}
