// must_not_compile/share_await_yield.cpp: a borrow across a co_yield.
// expect: while borrow 'borrow_token' is held
// compilers: clang
// flags: -Werror=thread-safety
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> count(Core& core, Share<int> share) {
#ifdef FIXED
  const int n = *share.rw(core);
  co_yield int(n);
#else
  auto n = share.rw(core);
  co_yield int(*n);
#endif
}
