// must_not_compile/query_wrong_type.cpp: an argument of the wrong type, through `query`.
// expect: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Light {
 public:
  int level() { return 1; }
  void set(int) {}
  Task<int> task(Cx<Light>&) { co_return 1; }
  void ret(Ret<int> ret) { ret(1); }
};

class Door {
 public:
  int level() { return 1; }
};

void use(Runtime& rt, const ActorOwn<Light>& light) {
#ifdef FIXED
  query<&Light::set>(rt, light, 1);
#else
  query<&Light::set>(rt, light, "x");
#endif
}
