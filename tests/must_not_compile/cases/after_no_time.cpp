// must_not_compile/after_no_time.cpp: a timer without a time.
// expect: behind_the_actor_or_Core_comes_the_time
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
  after<&Light::off>(light, 5s);
#else
  after<&Light::off>(light);
#endif
}
