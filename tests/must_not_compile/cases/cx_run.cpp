// must_not_compile/cx_run.cpp: a handler that runs the queue through its Cx.
// expect-gcc: has no member named 'run'
// expect-clang: no member named 'run'
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Cx<Light>& cx) {
#ifdef FIXED
  call(cx, [](Light&) {});
#else
  cx.run();
#endif
}
