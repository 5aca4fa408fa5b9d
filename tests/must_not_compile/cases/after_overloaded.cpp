// must_not_compile/after_overloaded.cpp: an overloaded method that is not chosen.
// expect: no matching
// expect: with<int>(&A::m)
// errors-gcc: 9 GCC goes on behind the first
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
  after<with<int>(&Light::set)>(light, 5s, 1);
#else
  after<&Light::set>(light, 5s, 1);
#endif
}
