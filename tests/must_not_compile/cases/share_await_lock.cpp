// must_not_compile/share_await_lock.cpp: a lock awaited under a borrow.
// expect: while borrow 'borrow_token' is held
// compilers: clang
// flags: -Werror=thread-safety
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Seats {
  int free = 0;
};

Task<void> use(Core& core, Share<Seats> seats, Borrowed<Mutex> mutex) {
#ifdef FIXED
  seats.rw(core)->free = 1;
  (void)co_await mutex->lock();
#else
  auto s = seats.rw(core);
  s->free = 1;
  (void)co_await mutex->lock();
#endif
}
