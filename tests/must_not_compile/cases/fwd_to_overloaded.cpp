// must_not_compile/fwd_to_overloaded.cpp: an overloaded method that is not chosen.
// expect: fwd_to<with<int>(&A::m)>
// errors-gcc: 4 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Light {
 public:
  void set(bool) {}
  void set(int) {}
};
Fwd<int> use(const Actor<Light>& light) {
#ifdef FIXED
  return fwd_to<with<int>(&Light::set)>(light);
#else
  return fwd_to<&Light::set>(light);
#endif
}
