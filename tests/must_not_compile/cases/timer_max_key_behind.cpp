// must_not_compile/timer_max_key_behind.cpp: a moving timer whose key comes behind.
// expect: timer_max_takes_its_MaxTimerKey_first
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

void use(MaxTimerKey& key, const Actor<Light>& light) {
#ifdef FIXED
  timer_max<&Light::off>(key, light, Instant(5s));
#else
  timer_max<&Light::off>(light, key, Instant(5s));
#endif
}
