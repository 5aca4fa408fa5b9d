// must_not_compile/share_guard_moved.cpp: a borrow that is moved out of its block.
// expect: deleted
#include <troupe/core.hpp>
#include <utility>

using namespace troupe;

struct Seats {
  int free = 0;
};

void use(Core& core, const Share<Seats>& seats) {
  auto guard = seats.rw(core);
#ifdef FIXED
  auto& other = guard;
#else
  auto other = std::move(guard);
#endif
  other->free = 1;
}
