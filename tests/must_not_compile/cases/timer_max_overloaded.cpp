// must_not_compile/timer_max_overloaded.cpp: an overloaded method that is not chosen.
// expect: no matching
// expect: with<int>(&A::m)
// errors-gcc: 10 GCC goes on behind the first
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Light {
 public:
  void set(bool) {}
  void set(int) {}
};

void use(MaxTimerKey& key, const Actor<Light>& light) {
#ifdef FIXED
  timer_max<with<int>(&Light::set)>(key, light, Instant(5s), 1);
#else
  timer_max<&Light::set>(key, light, Instant(5s), 1);
#endif
}
