// must_not_compile/reply_of_wants_executor.cpp: what another library's executor must run.
// expect: nothing_to_await_call_the_function_and_hand_its_Task_on_with_std_move
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
Task<> use() { (void)co_await reply_of(Theirs()); }
