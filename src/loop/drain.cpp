// loop/drain.cpp: telling the handler, and the limit.
#include <troupe/loop/drain.hpp>

#include <utility>

namespace troupe::detail {

namespace {

void end(Core& core) noexcept { core.shutdown(StopCause(StopCause::stopped)); }

}  // namespace

void Drain::begin(Core& core, Instant now, int signal) noexcept {
  const Fwd<int> handler = std::exchange(handler_, {});
  if (!handler || !handler.is_wanted()) return end(core);
  TROUPE_TRY { limit_timer_.at(core, later(now, limit_), &end); }
  TROUPE_CATCH_ALL { return end(core); }
  handler(signal);
}

}  // namespace troupe::detail
