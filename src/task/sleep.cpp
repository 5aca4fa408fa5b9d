// task/sleep.cpp: the timer of a sleep.
#include <troupe/task/sleep.hpp>

#include <cstring>

namespace troupe {

void Sleep::wait(Wake w) {
  Core* core = w.strand() ? w.strand()->core : Core::current();
  if (!core) panic("sleep() was awaited outside of any runtime's run()", "sleep");
  waiter_ = w;
  const Instant when = at_ == Instant::min() ? detail::later(core->now(), wait_) : at_;
  key_ = detail::kernel_here(*core).timers.add_fixed(
      when, core->now(), [this](TimerCall& call) noexcept {
        call.step = &due;
        Sleep* self = this;
        std::memcpy(call.payload, &self, sizeof(self));
      });
  core_ = core;
}

bool Sleep::due(Core* core, std::byte* payload) noexcept {
  Sleep* self;
  std::memcpy(&self, payload, sizeof(self));
  Core* at = std::exchange(self->core_, nullptr);
  if (!at) return true;  // it goes, perhaps behind who waited
  self->lost_ = !core;
  if (core || !self->waiter_.strand()) self->waiter_.fire(*at);
  return true;
}

}  // namespace troupe
