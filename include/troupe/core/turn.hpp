// core/turn.hpp: a turn of an actor: one record of the queue, run where the actor's state allows.
// (internal)
#pragma once
#include <troupe/core/held.hpp>
#include <troupe/core/life.hpp>
#include <troupe/core/record.hpp>

namespace troupe::detail {

// Keeps a call for an actor in Prep. One that must arrive may not be lost in silence: without
// memory the actor fails.
template <class F> void hold(Box& box, F&& call, bool must_arrive) noexcept {
  using R = Record<std::remove_cvref_t<F>>;
  if (void* room = add_held(box, sizeof(R))) {
    ::new (room) R{&R::run, std::move(call)};
  } else {
    DropScope why{Why::no_memory, &box};
    { [[maybe_unused]] auto dies_here = std::move(call); }
    if (must_arrive)
      end_actor(box, StopCause(StopCause::failed, Error("an answer could not be held: no memory")));
  }
}

// After a step that may have made an actor ready, or leaving: the calls held for it come next.
TROUPE_INLINE HeldCalls go_on_with(Box& box, Held* held) noexcept {
  if (box.state != ActorState::ready) [[unlikely]]
    end_if_leaving(box);
  return {held};
}
TROUPE_INLINE HeldCalls go_on_with_flush(Box& box, Core& core) noexcept {
  return go_on_with(box, std::exchange(kernel_of(core).flush, nullptr));
}

// A turn of an actor: run it where the state allows, hold it for one in Prep, else drop what it
// carries. One in Prep may be ready then, and gives the calls that were held for it.
template <class Invoke> using TurnResult = std::conditional_t<Invoke::prep, HeldCalls, void>;
template <class Invoke, class Self, class Run>
TROUPE_INLINE TurnResult<Invoke> turn(Core& core, Box& to, Self& self, Run&& run) noexcept {
  using Result = TurnResult<Invoke>;
  if (to.state != (Invoke::prep ? ActorState::prep : ActorState::ready)) [[unlikely]]
    return self.miss(core), Result();
  [[maybe_unused]] const Turn mark(core, to);
  if constexpr (Invoke::nothrow) {
    run();
  } else {
    TROUPE_TRY { run(); }
    TROUPE_CATCH_ALL { return self.threw(), Result(); }
  }
  if constexpr (Invoke::prep)
    return go_on_with_flush(to, core);
  else if (to.state != ActorState::ready) [[unlikely]]
    end_stopping(to);
}

}  // namespace troupe::detail
