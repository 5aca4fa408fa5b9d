// must_not_compile/core_address.cpp: the address of a Core.
// expect-gcc: use of deleted function
// expect-clang: overload resolution selected deleted operator
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Core& core) {
#ifdef FIXED
  Deferrer kept = core.deferrer();
#else
  auto* kept = &core;
  kept->now();
#endif
}
