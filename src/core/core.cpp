// core/core.cpp: the cold parts of the core.
#include <troupe/core/core.hpp>

namespace troupe {

Core::Core(Instant at)
    : Kernel(*this, at, [](Core& self) noexcept { delete std::addressof(self); }) {}

void Core::shutdown(StopCause reason) noexcept {
  Kernel::shutdown = std::move(reason);
  if (resting) ask_host();
}

// A host that was asked for a turn while the shutdown was pending took none: so it is asked in any
// case.
std::optional<StopCause> Core::shutdown_reason() noexcept {
  std::optional<StopCause> reason = std::exchange(Kernel::shutdown, std::nullopt);
  if (reason && hosted && !running) ask_host();
  return reason;
}

}  // namespace troupe
