// must_not_compile/call_fwd_left_out.cpp: a method that sends values, called without a Fwd.
// expect: the_method_takes_a_Fwd_pass_fwd_to_or_fwd_do
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
  call<&Light::dim>(light, 1, fwd_nop);
#else
  call<&Light::dim>(light, 1);
#endif
}
