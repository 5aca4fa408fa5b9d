// must_not_compile/offload_captures.cpp: a job that captures a local.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
#include <troupe/thread.hpp>

using namespace troupe;

Task<int> use(PoolRef pool, int factor) {
#ifdef FIXED
  const int n = co_await offload(pool, [](int f) { return 2 * f; }, factor);
#else
  const int n = co_await offload(pool, [&] { return 2 * factor; });
#endif
  co_return n;
}
