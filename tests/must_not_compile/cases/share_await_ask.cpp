// must_not_compile/share_await_ask.cpp: an actor's answer awaited under a borrow.
// expect: while borrow 'borrow_token' is held
// compilers: clang
// flags: -Werror=thread-safety
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Seats {
  int free = 0;
};

class Light {
 public:
  int level() { return 1; }
};

Task<void> use(Core& core, Share<Seats> seats, Actor<Light> light) {
#ifdef FIXED
  seats.rw(core)->free = 1;
  co_await ask<&Light::level>(light);
#else
  auto s = seats.rw(core);
  s->free = 1;
  co_await ask<&Light::level>(light);
#endif
}
