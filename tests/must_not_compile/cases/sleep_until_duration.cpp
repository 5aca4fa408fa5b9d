// must_not_compile/sleep_until_duration.cpp: a sleep until a duration.
// expect: sleep_until_takes_an_Instant_for_a_Duration_use_sleep
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<void> use(Duration wait) {
#ifdef FIXED
  co_await sleep(wait);
#else
  co_await sleep_until(wait);
#endif
}
