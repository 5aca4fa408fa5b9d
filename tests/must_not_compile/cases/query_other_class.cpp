// must_not_compile/query_other_class.cpp: a method of another class, through `query`.
// expect: the_class_of_that_actor_has_no_such_method
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
  query<&Light::level>(rt, light);
#else
  query<&Door::level>(rt, light);
#endif
}
