// thread/seat.cpp: waking the host of a runtime that rests.
#include <troupe/thread/seat.hpp>

namespace troupe::detail {

void Seat::wake() noexcept {
  step();
  std::uint32_t was = resting;
  if (state_.compare_exchange_strong(was, being_woken, std::memory_order_seq_cst))
    inbox_->push(this);
}

}  // namespace troupe::detail
