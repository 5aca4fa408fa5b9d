// must_not_compile/ret_to_overloaded.cpp: an overloaded method that is not chosen.
// expect: ret_to<with<Reply<int>>(&A::m)>
// errors-gcc: 4 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Light {
 public:
  void set(Reply<bool>) {}
  void set(Reply<int>) {}
};
Ret<int> use(const Actor<Light>& light) {
#ifdef FIXED
  return ret_to<with<Reply<int>>(&Light::set)>(light);
#else
  return ret_to<&Light::set>(light);
#endif
}
