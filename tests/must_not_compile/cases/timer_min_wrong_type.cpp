// must_not_compile/timer_min_wrong_type.cpp: an argument of the wrong type, through `timer_min`.
// expect: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void set(Cx<Light>&, bool) {}
  void label(Cx<Light>&, std::string) {}
  void query(Cx<Light>&, Ret<bool> ret) { ret(true); }
};

void use(MinTimerKey& key, const Actor<Light>& light) {
#ifdef FIXED
  timer_min<&Light::label>(key, light, Instant{}, "hall");
#else
  timer_min<&Light::label>(key, light, Instant{}, 7);
#endif
}
