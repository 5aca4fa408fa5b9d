// must_not_compile/cx_copied.cpp: a copy of a Cx.
// expect-gcc: use of deleted function
// expect-clang: call to implicitly-deleted copy constructor
// errors-gcc: 2 GCC goes on behind the first
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Cx<Light>& cx) {
#ifdef FIXED
  auto& same = cx;
  same.stop();
#else
  auto copy = cx;
  copy.stop();
#endif
}
