// must_not_compile/core_to_runtime.cpp: a handler that wants the Runtime out of its Core.
// expect-gcc: invalid initialization of reference of type 'troupe::Runtime&'
// expect-clang: cannot bind to a value of unrelated type 'Core'
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Core& core) {
#ifdef FIXED
  defer(core, [] {});
#else
  Runtime& rt = core;
  rt.run();
#endif
}
