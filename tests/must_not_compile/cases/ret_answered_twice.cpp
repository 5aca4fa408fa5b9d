// must_not_compile/ret_answered_twice.cpp: a Ret that is answered twice on one path.
// expect: while it is in the 'consumed' state
// compilers: clang
// flags: -Werror=consumed
#include <troupe/core.hpp>

using namespace troupe;

void use(Ret<int> ret, bool brief) {
  if (brief) {
    ret(1);
#ifdef FIXED
    return;
#else
    ret(2);
#endif
  }
  ret(3);
}
