// task/stream.cpp: the compiled parts of streams: how a pipe ends, and what the failure of a generator is called.
#include <troupe/task/generator.hpp>
#include <troupe/task/stream_pipe.hpp>

namespace troupe::detail {

// ---- pipes
void PipeHead::wait(Wake w) {
  if (has_items() || state == ended) return w.fire(core());
  if (state == lost) return w.lose(core(), fail);
  waiter = w;
  if (more) more();  // what it sends wakes; the pipe may have gone after it
}

void PipeHead::end() noexcept {
  state = ended;
  limit = 0;
  wake();
  const Fwd<> dies_last = std::move(more);  // and may take the pipe along
}

void PipeHead::lose(ActorFail why) noexcept {
  state = lost;
  limit = 0;
  fail = std::move(why);
  if (waiter) std::exchange(waiter, {}).lose(core(), fail);
  const Fwd<> dies_last = std::move(more);
}

// ---- generators
const ActorFail& cut_off() noexcept {
  static const ActorFail why(Why::cancelled);
  return why;
}

ActorFail fail_of(const std::exception_ptr& error) noexcept {
#if TROUPE_EXCEPTIONS
  TROUPE_TRY { std::rethrow_exception(error); }
  catch (const ActorFailed& failed) {
    return failed.fail();
  }
  TROUPE_CATCH_ALL {}
#endif
  return ActorFail(Why::failed, Error(error));
}

}  // namespace troupe::detail
