// must_not_compile/call_lambda_for_ret.cpp: a lambda where the method takes a Ret.
// expect: wrap_the_function_in_ret_do_or_ret_some_do
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void level(Cx<Light>&, Ret<int> ret) { ret(1); }
};

void use(const Actor<Light>& light) {
#ifdef FIXED
  call<&Light::level>(light, ret_some_do([](int) {}));
#else
  call<&Light::level>(light, [](int) {});
#endif
}
