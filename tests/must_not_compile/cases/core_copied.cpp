// must_not_compile/core_copied.cpp: a copy of a Core.
// expect-gcc: use of deleted function
// expect-clang: call to deleted constructor
// errors-gcc: 2 GCC goes on behind the first
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Core& core) {
#ifdef FIXED
  core.shutdown(StopCause::stopped);
#else
  auto copy = core;
  copy.shutdown(StopCause::stopped);
#endif
}
