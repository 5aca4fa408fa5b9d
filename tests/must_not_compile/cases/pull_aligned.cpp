// must_not_compile/pull_aligned.cpp: a start of an answer that is aligned to more than a frame is.
// expect: this_awaitable_is_aligned_to_more_than_16_bytes_hold_a_unique_ptr_in_it
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

#ifdef FIXED
class Start {
#else
class alignas(64) Start {
#endif
 public:
  explicit Start(int v) : value_(v) {}
  void operator()(Core&, Ret<int> ret) { ret(value_); }

 private:
  int value_;
};
Task<int> use() { co_return co_await pull<int>(Start(1)); }
