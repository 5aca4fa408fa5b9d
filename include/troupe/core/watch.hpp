// core/watch.hpp: hearing of the end of actors that one does not own.
//
// A watch belongs to both: it goes with the actor that is watched, having told, and with the actor
// that watches. So a long-lived actor may be watched by any number of short-lived ones.
#pragma once
#include <troupe/core/actor.hpp>
#include <troupe/core/mistake.hpp>
#include <troupe/core/ret.hpp>

namespace troupe {

/// Names a watch, for `unwatch`. 8 bytes; need not be kept. A default key, or a key together with
/// another actor than its own (also one of another runtime), names nothing: `unwatch` returns false
/// for it.
class WatchKey {
 public:
  WatchKey() noexcept = default;

 private:
  friend WatchKey watch(const detail::ActorRef& actor, Ret<StopCause> ret);
  friend bool unwatch(const detail::ActorRef& actor, WatchKey key) noexcept;
  explicit WatchKey(std::uint64_t number) noexcept : number_(number) {}
  std::uint64_t number_ = 0;
};

/// Tells `ret` the cause when the actor has ended and its state is destroyed, after its owner and
/// those who watched before. Where foreign code still holds tasks of the actor, its state waits for
/// them: those who watch are then told when the state goes, or, with `StopCause::parked()`, when
/// `set_park_limit` is over. An actor that has ended before says `StopCause::lost`, at once; so
/// does one whose state only waits for such tasks (`is_zombie()` is true for both). A watch ends
/// with the actor that `ret` calls, without telling; one whose Ret nobody wants any more (the task
/// that awaited it has gone) at the latest when the number of watches has doubled. Where the
/// function of one Ret throws, the other Rets are still answered: see ret_do. Cost: one cell of the
/// pool, whatever the number of watches.
/// @throws std::bad_alloc when there is no memory; `ret` hears `no_memory` then
WatchKey watch(const detail::ActorRef& actor, Ret<StopCause> ret);

/// Ends a watch before it tells: its Ret hears `Why::cancelled`. This may be after the end of the
/// actor, while its state waits for tasks that foreign code still holds, or in a function that
/// hears of the end earlier. Cost: linear in the number of watches of that actor.
/// @returns whether the watch was there: false after it has answered its Ret or was removed
bool unwatch(const detail::ActorRef& actor, WatchKey key) noexcept;

template <class F, class Mistake = detail::wrap_the_function_in_ret_do_or_ret_some_do>
  requires detail::lacks_ret_do<Ret<StopCause>, F>
WatchKey watch(const detail::ActorRef&, F&&) = delete;  // see Mistake

}  // namespace troupe
