// must_not_compile/on_drop_captures.cpp: a word for a drop that captures.
// expect: a_lambda_must_not_capture
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<> leave(Actor<struct Log> log);
Task<> work(int n) {
#ifdef FIXED
  auto word = co_await on_drop([](int m) { (void)m; }, n);
#else
  auto word = co_await on_drop([n] { (void)n; });
#endif
  (void)word;
}
