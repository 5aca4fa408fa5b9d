// must_not_compile/ask_overloaded.cpp: an overloaded method that is not chosen.
// expect: ask<with<int>(&A::m)>
// errors-gcc: 7 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Light {
 public:
  int set(bool) { return 1; }
  int set(int) { return 2; }
};
Task<int> use(Actor<Light> light) {
#ifdef FIXED
  co_return co_await ask<with<int>(&Light::set)>(light, 1);
#else
  co_return co_await ask<&Light::set>(light, 1);
#endif
}
