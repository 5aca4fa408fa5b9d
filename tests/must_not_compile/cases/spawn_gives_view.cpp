// must_not_compile/spawn_gives_view.cpp: an awaitable whose result is a view, which its Ret hears
// later.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Words {
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  std::string_view await_resume() { return "words"; }
};
#ifdef FIXED
Task<> use() { (void)co_await Words(); }
#else
void use(Runtime& rt) { spawn(rt, Words(), ret_nop); }
#endif
