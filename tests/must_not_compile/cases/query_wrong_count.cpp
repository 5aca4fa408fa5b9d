// must_not_compile/query_wrong_count.cpp: an argument that lacks, through `query`.
// expect: the_method_takes_another_number_of_arguments
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
  query<&Light::set>(rt, light);
#endif
}
