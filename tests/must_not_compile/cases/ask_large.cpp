// must_not_compile/ask_large.cpp: an answer that is too large for the pool.
// expect: an answer of more than 128 KiB does not fit: keep it behind a pointer
// door: header
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Large {
#ifdef FIXED
  char at[1024];
#else
  char at[200 * 1024];
#endif
};
struct Store {
  void get(Ret<Large> ret) { ret(Large()); }
};
Task<> use(Actor<Store> store) { (void)co_await ask<&Store::get>(store); }
