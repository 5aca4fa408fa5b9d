// task/stop.hpp: what a task learns of itself: its stop token, and its name for others.
//
// A task that is dropped ends where it waits; nothing of it runs any more. Three things help
// with that. A stop token (task/stop_token.hpp) says, to whom it was given, that a task was asked
// to stop or dropped. `request_stop` asks and lets the task finish by itself. `on_drop`
// (task/on_drop.hpp) holds a function that is called when the task is dropped.
#pragma once
#include <troupe/task/stop_token.hpp>
#include <troupe/task/task_ref.hpp>

namespace troupe {

namespace detail {
// Asked of the awaiting task itself: `co_await` gives what enter(Strand&) gives, and does not
// suspend.
struct TokenOfTask {
  StopToken enter(Strand& s) const { return StopToken(std::addressof(s.stop_state())); }
};
struct RefOfTask {
  TaskRef enter(Strand& s) const noexcept { return TaskRef(s.root().head()); }
};
}  // namespace detail

/// `StopToken token = co_await stop_token();` of the task that runs. Requested when the task is
/// dropped (cancelled, its actor ends, a reply is lost), before its locals die, or by
/// `TaskRef::request_stop` of it or of the task that awaits it as its part.
/// @throws std::bad_alloc when it is first asked for, and there is no memory
inline detail::TokenOfTask stop_token() noexcept { return {}; }
/// `TaskRef self = co_await this_task();`
inline detail::RefOfTask this_task() noexcept { return {}; }

}  // namespace troupe
