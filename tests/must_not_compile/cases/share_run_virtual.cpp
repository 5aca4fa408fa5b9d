// must_not_compile/share_run_virtual.cpp: a runtime that is run in virtual time under a borrow.
// expect: while borrow 'borrow_token' is held
// compilers: clang
// flags: -Werror=thread-safety
#include <troupe/core.hpp>

using namespace troupe;

void use(Runtime& rt, const Share<int>& seats) {
#ifdef FIXED
  *seats.rw(rt) = 1;
  run_virtual(rt);
#else
  auto s = seats.rw(rt);
  *s = 1;
  run_virtual(rt);
#endif
}
