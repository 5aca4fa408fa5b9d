// must_not_compile/write_ignored.cpp: an error of a write that nobody looks at.
// expect: an error is a value here: look at it, or write (void)co_await
// compilers: clang
// flags: -Werror=unused-result
#include <troupe/core.hpp>
#include <troupe/io.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<> use(Connection connection) {
#ifdef FIXED
  (void)co_await connection.write("text");
#else
  co_await connection.write("text");
#endif
}
