// must_not_compile/after_unitless.cpp: a wait of a timer without a unit.
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

void use(const Actor<Light>& light) {
#ifdef FIXED
  after<&Light::set>(light, 5s, true);
#else
  after<&Light::set>(light, 5, true);
#endif
}
