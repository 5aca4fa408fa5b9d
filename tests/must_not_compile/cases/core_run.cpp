// must_not_compile/core_run.cpp: a handler that runs the queue through its Core.
// expect-gcc: has no member named 'run'
// expect-clang: no member named 'run'
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Core& core) {
#ifdef FIXED
  defer(core, [] {});
#else
  core.run();
#endif
}
