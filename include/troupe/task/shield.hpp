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
template <
    class Mistake =
        detail::only_a_Task_can_be_shielded_call_its_function_a_Step_is_awaited_where_it_is_made>
detail::Refused shield(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;

}  // namespace troupe
