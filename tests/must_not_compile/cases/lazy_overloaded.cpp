// must_not_compile/lazy_overloaded.cpp: an overloaded method that is not chosen.
// expect: no matching function for call to 'lazy
// expect: lazy<with<int>(&A::m)>
// errors-gcc: 8 GCC goes on behind the first
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void set(Cx<Light>&, bool) {}
  void set(Cx<Light>&, int) {}
};

void use(const Actor<Light>& light) {
#ifdef FIXED
  lazy<with<int>(&Light::set)>(light, 1);
#else
  lazy<&Light::set>(light, 1);
#endif
}
