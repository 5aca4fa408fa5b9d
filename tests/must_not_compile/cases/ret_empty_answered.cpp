// must_not_compile/ret_empty_answered.cpp: a Ret that was left empty is answered.
// expect: while it is in the 'consumed' state
// compilers: clang
// flags: -Werror=consumed
#include <troupe/core.hpp>

using namespace troupe;

void use() {
#ifdef FIXED
  Ret<int> ret = ret_nop;
#else
  Ret<int> ret;
#endif
  ret(1);
}
