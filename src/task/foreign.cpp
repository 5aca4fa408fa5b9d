// task/foreign.cpp: a foreign await that is taken back, and the count of misuses.
#include <troupe/task/foreign.hpp>

#include <thread>

namespace troupe {

std::uint64_t foreign_misuses() noexcept { return detail::count_of_misuses(); }

namespace detail {

void withdraw(ForeignPromise& p) noexcept {
  Strand& s = *p.strand;
  while (!p.arrived)
    if (!p.inbox->poll())
      std::this_thread::yield();  // another thread is between firing and pushing
  s.cancel_wake();
  if (p.fired.load(std::memory_order_relaxed) == ForeignPromise::lost && s.drop_why == Why::lost)
    s.is.dropped = false;  // the exception says more
}

}  // namespace detail
}  // namespace troupe
