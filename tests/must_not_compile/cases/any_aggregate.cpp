// must_not_compile/any_aggregate.cpp: an aggregate awaitable, made where it is awaited: GCC 12
// destroys it twice.
// expect: name_it_first_GCC_12_destroys_an_aggregate_twice
// compilers: gcc
#include <memory>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Theirs {
  std::string name;
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  int await_resume() { return 1; }
};
template <> inline constexpr bool troupe::storable<Theirs> = true;
Task<> use() {
#ifdef FIXED
  Theirs theirs{"x"};
  (void)co_await any(theirs);
#else
  (void)co_await any(Theirs{"x"});
#endif
}
