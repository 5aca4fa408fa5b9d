// base/time.hpp: the words for time.
//
// Time is an argument: the runtime knows only the instants that its host passes to `Runtime::run`, so a test passes
// whatever it likes and a whole day takes no time.
#pragma once
#include <chrono>

namespace troupe {

/// The monotonic clock that hosts read. Nothing inside the library reads it, the loops of room `loop` aside.
using Clock = std::chrono::steady_clock;
/// A point in time, in nanoseconds on every supported platform.
using Instant = Clock::time_point;
/// A span of time, in nanoseconds on every supported platform.
using Duration = Clock::duration;
/// Wall-clock time, for what `Core::systime` tells.
using SystemTime = std::chrono::system_clock::time_point;

static_assert(sizeof(Instant) == 8 && Duration::period::den == 1'000'000'000);

}  // namespace troupe
