// must_not_compile/remote_ask_fwd.cpp: an answer that is a Fwd of the other runtime.
// expect: a_Ret_of_what_cannot_cross_threads_cannot_be_answered_by_another_runtime
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class News {
 public:
#ifdef FIXED
  void open(Fwd<Fwd<int>> to) {
    to(fwd_do([](int) {}));
  }
#else
  Fwd<int> open() {
    return fwd_do([](int) {});
  }
#endif
};
Task<> uses(Remote<News> far) {
#ifdef FIXED
  call<&News::open>(far, fwd_do([](const Fwd<int>& to) { to(1); }));
  co_return;
#else
  const Fwd<int> to = co_await ask<&News::open>(far);
  to(1);
#endif
}
