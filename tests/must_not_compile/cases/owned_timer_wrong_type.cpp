// must_not_compile/owned_timer_wrong_type.cpp: an argument of the wrong type.
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

void use(MaxTimer& timer, const Actor<Light>& light) {
  using namespace std::chrono_literals;
#ifdef FIXED
  timer.after<&Light::label>(light, 1s, "hall");
#else
  timer.after<&Light::label>(light, 1s, 7);
#endif
}
