// must_not_compile/share_await_foreign.cpp: another library's awaitable awaited under a borrow.
// expect: while borrow 'borrow_token' is held
// compilers: clang
// flags: -Werror=thread-safety
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Seats {
  int free = 0;
};

struct Foreign {
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};

Task<void> use(Core& core, Share<Seats> seats) {
#ifdef FIXED
  seats.rw(core)->free = 1;
  co_await Foreign{};
#else
  auto s = seats.rw(core);
  s->free = 1;
  co_await Foreign{};
#endif
}
