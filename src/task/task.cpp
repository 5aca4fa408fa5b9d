// task/task.cpp: the compiled parts of tasks: the end of frames, and sleeping.
#include <troupe/task/task.hpp>

#include <troupe/core/log.hpp>
#include <troupe/task/sleep.hpp>

namespace troupe {
namespace detail {

void unheard(Core& core, const std::source_location& where, const std::exception_ptr& thrown) noexcept {
  error(core, Error(thrown).text(), kv("task", where.function_name()), kv("line", where.line()));
}

void handler_threw(CxBase& actor, const std::exception_ptr& error) noexcept { actor.fail(Error(error)); }

}  // namespace detail

void Sleep::wait(Wake w) {
  Core* core = w.strand() ? w.strand()->core : Core::current();
  if (!core) panic("sleep() was awaited outside of any runtime's run()", "sleep");
  waiter_ = w;
  const Instant when = at_ == Instant::min() ? detail::later(core->now(), wait_) : at_;
  key_ = Access::timers(*core).add_fixed(when, core->now(), [this](TimerCall& call) noexcept {
    call.step = &due;
    Sleep* self = this;
    std::memcpy(call.payload, &self, sizeof(self));
  });
  core_ = core;
}

bool Sleep::due(Core* core, std::byte* payload) noexcept {
  Sleep* self;
  std::memcpy(&self, payload, sizeof(self));
  self->core_ = nullptr;
  if (core) self->waiter_.fire(*core);
  return true;
}

}  // namespace troupe
