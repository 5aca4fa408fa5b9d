// must_not_compile/sleep_unsigned.cpp: a sleep of an unsigned number.
// expect: sleep(5s)
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

Task<> use(unsigned n) {
#ifdef FIXED
  co_await troupe::sleep(std::chrono::seconds(n));
#else
  co_await troupe::sleep(n);
#endif
}
