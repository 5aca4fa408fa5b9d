// must_not_compile/call_overloaded.cpp: an overloaded method that is not chosen.
// expect: no matching function for call to 'call
// expect: call<with<int>(&A::m)>
// errors-gcc: 10 GCC goes on behind the first
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void set(Cx<Light>&, bool) {}
  void set(Cx<Light>&, int) {}
};

void use(const Actor<Light>& light) {
#ifdef FIXED
  call<with<int>(&Light::set)>(light, 1);
#else
  call<&Light::set>(light, 1);
#endif
}
