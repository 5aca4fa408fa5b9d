// must_not_compile/call_other_class.cpp: a method of another actor's class.
// expect: the_class_of_that_actor_has_no_such_method
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void set(Cx<Light>&, bool) {}
  void label(Cx<Light>&, std::string) {}
  void query(Cx<Light>&, Ret<bool> ret) { ret(true); }
};

class Door {
 public:
  void open(Cx<Door>&, bool) {}
};

void use(const Actor<Light>& light) {
#ifdef FIXED
  call<&Light::set>(light, true);
#else
  call<&Door::open>(light, true);
#endif
}
