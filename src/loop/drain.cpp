// loop/drain.cpp: telling the handler, and the limit.
#include <troupe/loop/drain.hpp>

namespace troupe::detail {

namespace {

void end(Core& core) noexcept { core.shutdown(StopCause(StopCause::stopped)); }

}  // namespace

void Drain::begin(Core& core, Instant now, int signal) noexcept {
  if (!handler_ || !handler_.is_wanted()) return end(core);
  TROUPE_TRY { limit_timer_.at(core, later(now, limit_), &end); }
  TROUPE_CATCH_ALL { return end(core); }
  handler_(signal);
}

}  // namespace troupe::detail
