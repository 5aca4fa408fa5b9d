// must_not_compile/call_std_function.cpp: a parameter that is a std::function.
// expect: a_std_function_hides_what_it_captured_take_a_Fwd_or_Ret
#include <functional>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
#ifdef FIXED
  void watch(Cx<Light>&, Fwd<int> changed) { changed(1); }
#else
  void watch(Cx<Light>&, std::function<void(int)> changed) { changed(1); }
#endif
};

void use(const Actor<Light>& light) {
#ifdef FIXED
  call<&Light::watch>(light, fwd_do([](int) {}));
#else
  call<&Light::watch>(light, [](int) {});
#endif
}
