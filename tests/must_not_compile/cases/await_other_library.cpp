// must_not_compile/await_other_library.cpp: what another library runs only inside its own
// coroutines.
// expect: this_awaitable_runs_only_in_coroutines_of_its_own_library
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct OtherPromise {};
struct Theirs {
  bool await_ready() { return true; }
#ifdef FIXED
  void await_suspend(std::coroutine_handle<>) {}
#else
  void await_suspend(std::coroutine_handle<OtherPromise>) {}
#endif
  void await_resume() {}
};
Task<> use() { co_await Theirs(); }
