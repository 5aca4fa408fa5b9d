// fuzz/timer_fuzz.cpp: whatever is done to timers, and whenever, they do what the plain model
// beside them does.
//
// The first byte is where time begins; each choice of the model takes its bytes of what follows.
#include <troupe/core.hpp>

#include "support/bytes.hpp"
#include "support/timers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace std::chrono_literals;
  using troupe::Instant;
  constexpr Instant begins[] = {Instant(1000s), Instant(0ns), Instant(-1h), Instant::min(),
                                Instant::max() - 1h};
  troupe_test::Bytes bytes(data, size);
  troupe_test::TimerModel model(bytes, begins[bytes.below(std::size(begins))]);
  while (!bytes.empty() && model.step()) {}
  return 0;
}
