// thread/job_out.hpp: `JobOut`: says that another thread has work of a runtime in hand.
//
// A runtime cannot see what a thread of yours does. Under a loop of real time it need not: the loop
// sleeps until something comes. Virtual time jumps as soon as nothing is left to do, and would be
// hours ahead before the thread has an answer.
#pragma once
#include <troupe/thread/home_cell.hpp>

namespace troupe {

namespace detail {
struct JobOutCell final : HomeCell {
  explicit JobOutCell(Core& core) : HomeCell(core, ops), kernel(kernel_of(core)) {
    ++kernel.jobs_out;
  }
  Kernel& kernel;  // the home side's

 private:
  static const Ops ops;
};
}  // namespace detail

/// While it lives, a job of the runtime is out: a piece of work that another thread has in hand and
/// whose answer must come back. `run_virtual` then waits, in real time, instead of letting virtual
/// time pass; loops of real time do not change. Give it to the thread beside the way back, and let
/// it go after the answer was sent: as a capture it dies behind the body of a lambda; in a struct
/// it stands *before* the member whose destructor answers (a `SendableRet`, a `Sender`). What was
/// sent before its end is there when virtual time goes on.
///
/// Not needed for `offload`, which says so itself. What it cannot do: a job that waits for virtual
/// time (a timer of the runtime that waits for it) waits for ever; one that is kept, and never let
/// go, holds up `run_virtual` for ever (`Runtime::set_job_warning`). So it is for a piece of work,
/// and not for a thread that lives as long as the program.
///
/// Move-only, 8 bytes. Thread: made on the runtime's thread; moved and destroyed on any, by one at
/// a time. May outlive its runtime. Cost: one heap block, and one wake-up at its end.
class [[nodiscard("virtual time waits for as long as it lives")]] JobOut {
 public:
  /// Says nothing. So does one that was moved from.
  JobOut() noexcept = default;
  /// @param core the runtime that waits
  /// @throws std::bad_alloc when there is no memory
  explicit JobOut(Core& core) : cell_(new detail::JobOutCell(core)) {}
  /// Whether it says that a job is out.
  explicit operator bool() const noexcept { return bool(cell_); }

 private:
  detail::AwayEnd<detail::JobOutCell> cell_;
};

}  // namespace troupe
