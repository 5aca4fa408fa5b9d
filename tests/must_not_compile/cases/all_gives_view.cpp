// must_not_compile/all_gives_view.cpp: a child that gives a view, which is kept until the others
// have ended.
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
Task<> use() { (void)co_await all(Words()); }
#endif
