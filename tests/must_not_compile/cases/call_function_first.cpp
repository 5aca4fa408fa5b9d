// must_not_compile/call_function_first.cpp: a function that is given before the actor.
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
  call(light, [](Light& l) { l.off(); });
#else
  call([](Light& l) { l.off(); }, light);
#endif
}
