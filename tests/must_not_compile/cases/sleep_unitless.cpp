// must_not_compile/sleep_unitless.cpp: a sleep of a number, which POSIX would take.
// expect: a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5
#include <unistd.h>
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

Task<> use() {
#ifdef FIXED
  co_await sleep(1s);
#else
  co_await sleep(1);
#endif
}
