// must_not_compile/share_run.cpp: a queue that is run under a borrow.
// expect: while borrow 'borrow_token' is held
// compilers: clang
// flags: -Werror=thread-safety
#include <troupe/core.hpp>

using namespace troupe;

struct Seats {
  int free = 0;
};

void use(Runtime& rt, const Share<Seats>& seats) {
#ifdef FIXED
  seats.rw(rt)->free = 1;
  rt.run();
#else
  auto s = seats.rw(rt);
  s->free = 1;
  rt.run();
#endif
}
