// task/shield.hpp: work that goes on although nobody waits for it any more.
#pragma once
#include <troupe/task/group.hpp>

namespace troupe {

/// `co_await shield(task)`: runs `task` as a task of its own and gives its value. If the awaiting
/// task is dropped meanwhile, the shielded task runs to its end; then its value is dropped, and an
/// exception is logged at level Error. The shielded task belongs to its actor if it takes a
/// `Cx<A>&`, else to the runtime, whoever awaits it. Failures: see `GroupAwaitable`.
template <class T> auto shield(Task<T> task) {
  using Kind = detail::SingleChild<Task<T>, true>;
  return GroupAwaitable<Kind>(Kind(std::move(task)));
}
// clang-format off
template <class = void>
detail::Refused shield(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;  // only a Task can be shielded: call its function; a Step is awaited where it is made
// clang-format on

}  // namespace troupe
