// must_not_compile/after_wait_first.cpp: a wait that is given before the actor.
// expect: the_actor_or_Core_comes_first
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
  after<&Light::set>(5s, light, true);
#endif
}
