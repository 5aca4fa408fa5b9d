// task/all.hpp: awaiting many things at once, and all of them.
#pragma once
#include <troupe/task/children.hpp>

namespace troupe {

/// `co_await all(a, b, ...)`: runs tasks and other awaitables, ours or foreign, at the same time
/// and gives a `std::tuple` of their values when the last has ended; a child without a value gives
/// a `std::monostate`. Each child is a task of its own, owned by the owner of the awaiting task,
/// begun in order by the queue. The first failure is the outcome, and cancels the other children:
/// an exception is rethrown at the co_await; if a child is lost the awaiting task ends there
/// (`.reply()`, `.value()`: see `GroupAwaitable`). A task that is dropped meanwhile drops its
/// children. Children end before the co_await does, except those that wait in an awaitable of
/// another library. A `Step` that is made in the expression may be a child, and borrow what that
/// expression keeps alive; all() must then be awaited in the same expression. (If such a child is
/// dropped while another library holds it, its locals are destroyed later than what it borrows:
/// their destructors must not use the borrowed objects.) Cost: a pooled cell, and a pooled frame
/// for each child that is no Task: a Task is the child itself.
///
/// Who has received what: a child takes a value in its own turn, which makes room where it came
/// from; the value is the awaiting task's when that goes on. If that is dropped before, or if it
/// goes on with a failure, then an item of a queue or pipe goes back in front of all others, bytes
/// go back to their connection and a connection to its listener, for the next reader. (An item for
/// which a queue has no memory is destroyed; a pipe that has none is lost, `Why::no_memory`.) All
/// other values are destroyed. The same holds for race() and any(), for an await with a limit or in
/// another mode as a child, and for one group in another; but not for what a Task, a Step or a
/// generator has received itself: that is theirs.
template <class... A>
  requires(detail::child_argument<A> && ...)
auto all(A&&... children) {
  using Kind = detail::AllOf<detail::child_type<A>...>;
  return detail::made_of<GroupAwaitable<Kind>, A...>(GroupAwaitable<Kind>(
      Kind(std::in_place, detail::child_from<A>::take(std::forward<A>(children))...)));
}
/// `co_await all(children)`: any number of children of one type; gives a vector of the values, in
/// the order of the children. For children without a value (`Task<>`) it gives nothing. Cost: one
/// more pooled cell for all children together (of more than 128 KiB, from the heap), and the
/// vector that it gives.
template <detail::child_vector V> auto all(V&& children) {
  using Kind = detail::AllOfVector<detail::child_of<V>>;
  return GroupAwaitable<Kind>(Kind(std::vector<detail::child_of<V>>(std::forward<V>(children))));
}
template <class... A, class Mistake = detail::ChildMistake<A...>>
  requires(!detail::good_children<A...> && detail::meant_as_children<A...>)
detail::Refused all(A&&...) = delete;  // see Mistake
template <
    class Mistake = detail::nothing_to_await_call_the_function_and_give_its_Task_or_one_vector>
detail::Refused all(detail::Any, detail::Any = {}, detail::Any = {}, ...) = delete;  // see Mistake

}  // namespace troupe
