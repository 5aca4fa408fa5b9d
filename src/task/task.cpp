// task/task.cpp: the compiled parts of tasks: what an exception out of one does, turns that end nowhere, and sleeping.
#include <troupe/task/task.hpp>

#include <optional>
#include <troupe/base/code_place.hpp>
#include <troupe/core/life.hpp>
#include <troupe/core/log.hpp>
#include <troupe/core/throw_later.hpp>
#include <troupe/task/foreign.hpp>
#include <troupe/task/sleep.hpp>

namespace troupe {
namespace detail {

namespace {

// The loss that ended a foreign coroutine, and so the task that awaited it.
std::optional<ActorFail> loss_in_foreign([[maybe_unused]] const std::exception_ptr& error) noexcept {
#if TROUPE_EXCEPTIONS
  TROUPE_TRY { std::rethrow_exception(error); }
  catch (const ActorFailed& failed) {
    if (LossInForeign::is(failed)) return failed.fail();
  }
  TROUPE_CATCH_ALL {}
#endif
  return std::nullopt;
}

ActorFail own_failure(Box* owner, const Error& why) noexcept {
  const DropScope scope(Why::failed, owner, &why);
  return DropScope::reason();
}

}  // namespace

ActorFail task_threw(Core& core, const Frame& frame, Box* owner, bool is_heard,
                     const std::exception_ptr& error) noexcept {
  const auto loss = loss_in_foreign(error);
  const Error error_of_it(error);
  ActorFail why = loss ? *loss : own_failure(owner, error_of_it);
  {
    const DropScope scope(why);
    answer_put_off(core, kernel_of(core).item());
  }
  if (loss) return why;
  if (owner && owner->can_fail())
    say_end(*owner, StopCause(StopCause::failed, error_of_it));
  else if (!is_heard) {
    const CodePlace at(frame.where);
    troupe::error(core, error_of_it.text(), kv("task", at.function()), kv("file", at.file()), kv("line", at.line()));
  }
  return why;
}

void child_threw(Core& core, Box* owner, const std::exception_ptr& error) noexcept {
  if (!kernel_of(core).put_off) return;
  const auto loss = loss_in_foreign(error);
  const Error error_of_it(error);
  const ActorFail why = loss ? *loss : own_failure(owner, error_of_it);
  const DropScope scope(why);
  answer_put_off(core, kernel_of(core).item());
}

#if TROUPE_DEBUG
[[gnu::noinline]] void expect_borrows_live(const void* lowest, const std::source_location& here) noexcept {
  if (!lowest || lowest >= __builtin_frame_address(0)) [[likely]]
    return;
  panic("a Step borrows what has gone: it was made in a function that has returned", here.function_name());
}
#endif

// A foreign coroutine takes over the turn; or the task was dropped and began no further wait; else it can never go on.
void Strand::end_odd_turn() noexcept {
  if (const auto other = is.foreign ? std::exchange(foreign().takes_over, nullptr) : nullptr) {
    const Dying dying(*core);  // as HandleWaiter::resume() has it
    TROUPE_TRY { other.resume(); }
    TROUPE_CATCH_ALL { throw_later(*core, std::current_exception()); }
  } else if (!is.dropped) {
    panic(
        "resumed, neither done nor awaiting: GCC 12 miscompiles a condition that awaits, where the coroutine has no "
        "local variable; docs/bridge.md names the cure, and coroutine-lint the lines",
        PlaceText(CodePlace(top->where)));
  }
  phase = Phase::waiting;
  since = core->now();
  if (is.dropped) drop_after_turn();
}

}  // namespace detail

void Sleep::wait(Wake w) {
  Core* core = w.strand() ? w.strand()->core : Core::current();
  if (!core) panic("sleep() was awaited outside of any runtime's run()", "sleep");
  waiter_ = w;
  const Instant when = at_ == Instant::min() ? detail::later(core->now(), wait_) : at_;
  key_ = detail::kernel_here(*core).timers.add_fixed(when, core->now(), [this](TimerCall& call) noexcept {
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
