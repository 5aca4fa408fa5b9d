// must_not_compile/step_moved.cpp: a Step that is moved into the await.
// expect: deleted
// expect: a Step is awaited where it is called
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Step<int> child() { co_return 1; }

Task<int> use() {
#ifdef FIXED
  co_return co_await child();
#else
  auto step = child();
  co_return co_await std::move(step);
#endif
}
