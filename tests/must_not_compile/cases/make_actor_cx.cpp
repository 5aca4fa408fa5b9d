// must_not_compile/make_actor_cx.cpp: a Cx among the arguments of an actor.
// expect: leave_the_Cx_out_make_actor_passes_it
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  Light(Cx<Light>&, int level) : level_(level) {}

 private:
  int level_;
};

class House {
 public:
 explicit House(Cx<House>& cx)
#ifdef FIXED
     : light_(make_actor<Light>(cx, ret_nop, 1)){}
#else
      : light_(make_actor<Light>(cx, ret_nop, cx, 1)) {
  }
#endif

       private : ActorOwn<Light> light_;
};
