// must_not_compile/call_ret_left_out.cpp: a method that answers, called without a Ret.
// expect: the_method_takes_a_Ret_pass_ret_nop_or_ret_to_or_ask_it
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
  call<&Light::query>(light, ret_nop);
#else
  call<&Light::query>(light);
#endif
}
