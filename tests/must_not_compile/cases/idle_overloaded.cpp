// must_not_compile/idle_overloaded.cpp: an overloaded method that is not chosen.
// expect: no matching
// expect: with<int>(&A::m)
// errors-gcc: 8 GCC goes on behind the first
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Light {
 public:
  void set(bool) {}
  void set(int) {}
};

void use(const Actor<Light>& light) {
#ifdef FIXED
  idle<with<int>(&Light::set)>(light, 1);
#else
  idle<&Light::set>(light, 1);
#endif
}
