// must_not_compile/ask_dropped.cpp: an `ask` that is not awaited.
// expect: does nothing until it is awaited
// flags: -Werror=unused-result
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Light {
 public:
  int level() { return 1; }
};

Task<int> use(Actor<Light> light) {
#ifdef FIXED
  co_return co_await ask<&Light::level>(light);
#else
  ask<&Light::level>(light);
  co_return 1;
#endif
}
