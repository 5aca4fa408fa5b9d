// must_not_compile/share_write_under_read.cpp: a share written while another is read.
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
  const int left = one.ro(core)->free;
  two.rw(core)->free = left;
#else
  auto a = one.ro(core);
  two.rw(core)->free = a->free;
#endif
}
