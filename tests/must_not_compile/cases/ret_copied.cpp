// must_not_compile/ret_copied.cpp: a Ret that is copied.
// expect: deleted
// expect: an answer is given once: std::move it
#include <troupe/core.hpp>
#include <utility>

using namespace troupe;

void use(Ret<int> ret) {
#ifdef FIXED
  Ret<int> other = std::move(ret);
#else
  Ret<int> other = ret;
#endif
  other(1);
}
