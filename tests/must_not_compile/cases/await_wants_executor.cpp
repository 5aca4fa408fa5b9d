// must_not_compile/await_wants_executor.cpp: what another library's executor must run.
// expect: this_awaitable_wants_the_executor_of_its_own_library_run_it_there_and_await_its_answer
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct TheirExecutor;
struct Theirs {
  bool await_ready() { return false; }
#ifndef FIXED
  void await_set_executor(TheirExecutor*) {}
#endif
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};
Task<> use() { co_await Theirs(); }
