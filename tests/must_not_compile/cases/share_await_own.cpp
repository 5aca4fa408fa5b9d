// must_not_compile/share_await_own.cpp: a wait for time awaited under a borrow.
// expect: while borrow 'borrow_token' is held
// compilers: clang
// flags: -Werror=thread-safety
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Seats {
  int free = 0;
};

Task<void> use(Core& core, Share<Seats> seats) {
#ifdef FIXED
  seats.rw(core)->free = 1;
  co_await sleep(std::chrono::seconds(1));
#else
  auto s = seats.rw(core);
  s->free = 1;
  co_await sleep(std::chrono::seconds(1));
#endif
}
