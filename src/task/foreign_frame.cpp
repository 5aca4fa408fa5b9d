// task/foreign_frame.cpp: what a synthetic frame does when foreign code fires it.
#include <troupe/task/foreign_frame.hpp>

#include <mutex>

namespace troupe::detail {
namespace {

std::atomic<std::uint64_t> misuses{0};

}  // namespace

std::uint64_t count_of_misuses() noexcept { return misuses.load(std::memory_order_relaxed); }

void ForeignPromise::fire(Fired how) noexcept {
  std::uint8_t expected = no;
  if (!fired.compare_exchange_strong(expected, how)) {
    misuses.fetch_add(1, std::memory_order_relaxed);
  } else if (inbox->here()) {  // on our thread, inside run() or not: a host's own callbacks count
                               // as well
    if (inbox->is_open()) strand->foreign_event(how == resumed);  // else our runtime has gone
  } else {
    fire_from_afar();
  }
}

void ForeignPromise::fire_from_afar() noexcept {
  node.promise = this;
  node.run = [](Inbox::Node* n) {
    ForeignPromise& p = *static_cast<Node*>(n)->promise;
    p.strand->foreign_event(p.fired.load(std::memory_order_relaxed) == resumed);
  };
  inbox->push(&node);
}

#if TROUPE_DEBUG && !TROUPE_CONFORMING_FOREIGN
ForeignFrame* lend_frame(Strand& s, const ForeignPromise::Ops& ops, bool goes_on) {
  return new ForeignFrame(s, ops, goes_on);
}

// The last frames that were lent, in a ring: whoever resumes one of them late finds that it has
// fired.
void QuarantineFrame::operator()(ForeignFrame* frame) const noexcept {
  static std::mutex lock;
  static std::unique_ptr<ForeignFrame> ring[quarantined_frames];
  static std::size_t oldest = 0;
  frame->promise.close();
  const std::lock_guard guard(lock);
  ring[oldest].reset(frame);
  oldest = (oldest + 1) % quarantined_frames;
}
#endif

}  // namespace troupe::detail
