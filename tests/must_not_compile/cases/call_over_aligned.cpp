// must_not_compile/call_over_aligned.cpp: a parameter that is aligned to more than what a queue
// holds.
// expect: a_parameter_is_aligned_to_more_than_16_bytes_take_a_std_unique_ptr_to_it
#include <memory>
#include <troupe/core.hpp>
#include <utility>

using namespace troupe;

struct alignas(64) Line {
  int value = 0;
};

class Light {
 public:
#ifdef FIXED
  void show(Cx<Light>&, std::unique_ptr<Line>) {}
#else
  void show(Cx<Light>&, Line) {}
#endif
};

void use(const Actor<Light>& light) {
#ifdef FIXED
  call<&Light::show>(light, std::make_unique<Line>());
#else
  call<&Light::show>(light, Line());
#endif
}
