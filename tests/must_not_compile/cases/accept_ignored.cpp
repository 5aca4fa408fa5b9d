// must_not_compile/accept_ignored.cpp: a connection that nobody looks at.
// expect: an error is a value here: look at it, or write (void)co_await
// compilers: clang
// flags: -Werror=unused-result
#include <troupe/core.hpp>
#include <troupe/io.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<> use(Listener listener) {
#ifdef FIXED
  (void)co_await listener.accept();
#else
  co_await listener.accept();
#endif
}
