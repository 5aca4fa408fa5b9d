// must_not_compile/share_two_borrows.cpp: two shares borrowed at once.
// expect: acquiring borrow 'borrow_token' that is already held
// compilers: clang
// flags: -Werror=thread-safety
#include <troupe/core.hpp>

using namespace troupe;

struct Seats {
  int free = 0;
};

void use(Core& core, const Share<Seats>& one, const Share<Seats>& two) {
#ifdef FIXED
  auto [a, b] = rw(core, one, two);
  a.free = b.free;
#else
  auto a = one.rw(core);
  auto b = two.rw(core);
  a->free = b->free;
#endif
}
