// task/promise.cpp: the compiled parts of promises: what an exception out of a task does.
#include <troupe/task/promise.hpp>

#include <optional>
#include <troupe/base/code_place.hpp>
#include <troupe/core/life.hpp>
#include <troupe/core/log.hpp>
#include <troupe/core/throw_later.hpp>
#include <troupe/task/foreign.hpp>

namespace troupe {
namespace detail {

namespace {

// The loss that ended a foreign coroutine, and so the task that awaited it.
std::optional<ActorFail> loss_in_foreign(
    [[maybe_unused]] const std::exception_ptr& error) noexcept {
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

void ended_without_value(const Frame& frame) noexcept {
  panic("a coroutine ended without co_return of its result; its last await was here",
        PlaceText(CodePlace(frame.where)));
}

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
    troupe::error(core, error_of_it.text(), kv("task", at.function()), kv("file", at.file()),
                  kv("line", at.line()));
  }
  return why;
}

ActorFail child_threw(Core& core, Box* owner, const std::exception_ptr& error) noexcept {
  const auto loss = loss_in_foreign(error);
  const Error error_of_it(error);
  ActorFail why = loss ? *loss : own_failure(owner, error_of_it);
  const DropScope scope(why);
  answer_put_off(core, kernel_of(core).item());
  return why;
}

#if TROUPE_DEBUG
[[gnu::noinline]] void expect_borrows_live(const void* lowest,
                                           const std::source_location& here) noexcept {
  if (!lowest || lowest >= __builtin_frame_address(0)) [[likely]]
    return;
  panic("a Step borrows what has gone: it was made in a function that has returned",
        here.function_name());
}
#endif

}  // namespace detail

}  // namespace troupe
