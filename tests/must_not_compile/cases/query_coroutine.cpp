// must_not_compile/query_coroutine.cpp: a synchronous query of a coroutine.
// expect: query_cannot_call_a_coroutine_or_a_method_with_a_Ret_ask_it_from_a_coroutine
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
  query<&Light::task>(rt, light);
#endif
}
