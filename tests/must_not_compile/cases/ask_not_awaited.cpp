// must_not_compile/ask_not_awaited.cpp: the answer taken without co_await.
// expect: this is no value yet: co_await it
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Store {
  int get() { return 1; }
};
Task<int> use(Actor<Store> store) {
#ifdef FIXED
  const int n = co_await ask<&Store::get>(store);
#else
  const int n = ask<&Store::get>(store);
#endif
  co_return n;
}
