// must_not_compile/timer_min_other_key.cpp: a moving timer with the key of another kind.
// expect: timer_min_takes_its_MinTimerKey_first
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

void use(MinTimerKey& key, [[maybe_unused]] MaxTimerKey& other, Core& core) {
#ifdef FIXED
  timer_min(key, core, Instant(5s), [] {});
#else
  timer_min(other, core, Instant(5s), [] {});
#endif
}
