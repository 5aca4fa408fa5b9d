// must_not_compile/owned_timer_unitless.cpp: a wait of an owned timer without a unit.
// expect: a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Light {
 public:
  void set(bool) {}
  void dim(int, Fwd<int>) {}
  void query(Cx<Light>&, Ret<bool> ret) { ret(true); }
  bool is_on() { return true; }
  void off() {}
};

void use(FixedTimer& timer, const Actor<Light>& light) {
#ifdef FIXED
  timer.after<&Light::off>(light, 5s);
#else
  timer.after<&Light::off>(light, 5);
#endif
}
