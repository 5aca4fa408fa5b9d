// must_not_compile/await_aligned.cpp: an awaiter that is aligned to more than a frame is.
// expect: this_awaitable_is_aligned_to_more_than_16_bytes_hold_a_unique_ptr_in_it
#include <coroutine>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
struct Wide {
#else
struct alignas(64) Wide {
#endif
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};
Task<> use() { co_await Wide(); }
