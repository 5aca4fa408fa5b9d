// task/task.cpp: the compiled parts of tasks: the end of frames, and sleeping.
#include <troupe/task/task.hpp>

#include <troupe/core/log.hpp>
#include <troupe/task/sleep.hpp>

namespace troupe {
namespace detail {

void task_threw(Core& core, const Frame& frame, CxBase* owner, bool is_heard,
                const std::exception_ptr& error) noexcept {
  const Error why(error);
  {
    const DropScope scope(Why::failed, owner, &why);
    answer_put_off(core);
  }
  if (owner)
    owner->fail(why);
  else if (!is_heard)
    troupe::error(core, why.text(), kv("task", frame.where.function_name()), kv("line", frame.where.line()));
}

}  // namespace detail

void Sleep::wait(Wake w) {
  Core* core = w.strand() ? w.strand()->core : Core::current();
  if (!core) panic("sleep() was awaited outside of any runtime's run()", "sleep");
  waiter_ = w;
  const Instant when = at_ == Instant::min() ? detail::later(core->now(), wait_) : at_;
  key_ = detail::Access::timers(*core).add_fixed(when, core->now(), [this](TimerCall& call) noexcept {
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
