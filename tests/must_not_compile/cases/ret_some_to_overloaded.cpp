// must_not_compile/ret_some_to_overloaded.cpp: an overloaded method that is not chosen.
// expect: no matching
// expect: ret_some_to<with<int>(&A::m)>
// errors-gcc: 4 GCC goes on behind the first
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Light {
 public:
  void set(bool) {}
  void set(int) {}
};

Ret<int> use(const Actor<Light>& light) {
#ifdef FIXED
  return ret_some_to<with<int>(&Light::set)>(light);
#else
  return ret_some_to<&Light::set>(light);
#endif
}
