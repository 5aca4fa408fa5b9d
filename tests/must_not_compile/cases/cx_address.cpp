// must_not_compile/cx_address.cpp: the address of a Cx.
// expect-gcc: use of deleted function 'void troupe::CxBase::operator&() const'
// expect-clang: lent for one handler: keep cx.this_actor(), a handle
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Cx<Light>& cx) {
#ifdef FIXED
  Actor<Light> kept = cx.this_actor();
#else
  auto* kept = &cx;
  kept->stop();
#endif
}
