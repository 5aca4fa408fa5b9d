// must_not_compile/spawn_other_cx.cpp: a coroutine of an actor, spawned with the Core.
// expect: a_coroutine_that_takes_a_Cx_is_spawned_with_that_Cx_or_called_as_a_method
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Light {
 public:
  void set(bool) {}
  void dim(int, Fwd<int>) {}
  void query(Cx<Light>&, Ret<bool> ret) { ret(true); }
  bool is_on() { return true; }
  Task<> blink(Cx<Light>&, int) { co_return; }
  void off() {}
};
Task<> child(Cx<Light>&) { co_return; }

void use([[maybe_unused]] Core& core, [[maybe_unused]] Cx<Light>& cx) {
#ifdef FIXED
  spawn(cx, child, ret_nop);
#else
  spawn(core, child, ret_nop);
#endif
}
