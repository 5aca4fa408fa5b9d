// task/strand_stop.cpp: a task's own part in a request to stop.
#include <troupe/task/stop_state.hpp>
#include <troupe/task/strand.hpp>

namespace troupe::detail {

StopState& Strand::stop_state() {
  if (!is.stop_shared) {
    auto* state = new StopState;
    state->requested = is.stopping;
    if (is.lost || phase == Phase::parked) state->lost_why = lost_why_;
    stop_ = state;
    is.stop_shared = true;
  }
  return *stop_;
}

const ActorFail*& Strand::lost_why() noexcept {
  return is.stop_shared ? stop_->lost_why : lost_why_;
}

void Strand::request_stop() noexcept {
  is.stopping = true;
  if (is.stop_shared) stop_->request();
}

bool Strand::stop_first() noexcept {
  if (!is.stop_shared) return true;
  const FrameHead* head = root().head();
  const FrameRef keep(root().head());
  is.asking = true;
  request_stop();
  if (!head->alive()) return false;
  is.asking = false;
  return phase < Phase::parked;
}

void Strand::forget() noexcept {
  if (is.bound) box->unref();
  if (is.stop_shared) stop_->release();
}

}  // namespace troupe::detail
