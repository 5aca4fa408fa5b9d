// must_not_compile/sleep_instant.cpp: a sleep until an instant.
// expect: sleep_takes_a_Duration_for_an_Instant_use_sleep_until
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<void> use(Instant at) {
#ifdef FIXED
  co_await sleep_until(at);
#else
  co_await sleep(at);
#endif
}
