// must_not_compile/share_helper.cpp: a helper that borrows, called under a borrow.
// expect: while borrow 'borrow_token' is held
// compilers: clang
// flags: -Werror=thread-safety
#include <troupe/core.hpp>

using namespace troupe;

struct Seats {
  int free = 0;
};

void reserve(Core& core, const Share<Seats>& seats) TROUPE_BORROWS;

void use(Core& core, const Share<Seats>& seats) {
#ifdef FIXED
  seats.rw(core)->free = 1;
  reserve(core, seats);
#else
  auto s = seats.rw(core);
  s->free = 1;
  reserve(core, seats);
#endif
}
