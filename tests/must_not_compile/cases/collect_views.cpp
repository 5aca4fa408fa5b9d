// must_not_compile/collect_views.cpp: a foreign stream of views cannot be kept.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Line {
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  std::optional<std::string_view> await_resume() { return {}; }
};
struct Lines {
  Line next() { return {}; }
};
#ifdef FIXED
Task<> use() {
  Lines lines;
  (void)co_await lines.next();
}
#else
Task<> use() { (void)co_await collect(Lines()); }
#endif
