// must_not_compile/cx_stored.cpp: a Cx that an actor keeps.
// expect-gcc: use of deleted function
// expect-clang: call to implicitly-deleted copy constructor
// errors-gcc: 2 GCC goes on behind the first
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
#ifdef FIXED
  explicit Light(Cx<Light>& cx) : self_(cx.this_actor()) {}
#else
  explicit Light(Cx<Light>& cx) : self_(cx) {}
#endif

 private:
#ifdef FIXED
  Actor<Light> self_;
#else
  Cx<Light> self_;
#endif
};
