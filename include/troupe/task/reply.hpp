// task/reply.hpp: a Ret seen from the other end: awaiting one answer.
//
// A Ret and a future are the two ends of one pipe. Between them stands a node of the pool: the Ret
// answers it, the awaiter waits at it. `push_pipe` makes both ends at once; a `Start` makes the Ret
// only when it is awaited, and hands it to whoever will answer: pull pipes, actor calls and reads
// of a socket are such starts.
#pragma once
#include <troupe/task/reply_node.hpp>

namespace troupe {

/// The awaiting end of a push pipe. `co_await value` gives what its Ret is given; if that is
/// dropped, the task ends there; `co_await value.reply()` gives an expected, `co_await
/// value.value()` throws ActorFailed. One answer, one awaiting coroutine; awaiting it again once it
/// has given its value ends the process, and in debug builds so does awaiting one that was moved.
template <class... T> class [[nodiscard("await it, or there is no need for a pipe")]] Value {
 public:
  using troupe_of_one_runtime = void;
  using troupe_carries = detail::FieldTypes<T...>;
  explicit Value(detail::NodeRef<T...> node) noexcept : node_(std::move(node)) {}
  Value(Value&&) noexcept = default;
  Value& operator=(Value&&) noexcept = default;
  ~Value() {
    if (node_) node_->wanted = false;
  }
  auto operator co_await() const noexcept {
    return detail::WithHandle<detail::NodeAwait<Mode::drop, T...>>(node());
  }
  auto reply() const noexcept { return detail::InMode<Mode::reply, Source>(Source(node())); }
  auto value() const noexcept { return detail::InMode<Mode::value, Source>(Source(node())); }
  /// Whether the answer, or its failure, is there.
  bool ready() const noexcept { return node()->state != detail::NodeBase::open; }

 private:
  friend struct detail::InTask;
  auto awaiter_in_task() const noexcept { return detail::NodeAwait<Mode::drop, T...>(node()); }
  struct Source {
    explicit Source(detail::NodeRef<T...> n) noexcept : node_(std::move(n)) {}
    auto operator co_await() && noexcept { return std::move(*this).template awaiter<Mode::drop>(); }
    template <Mode M> auto awaiter() && noexcept {
      return detail::WithHandle<detail::NodeAwait<M, T...>>(std::move(node_));
    }
    template <Mode M> auto awaiter_in_task() && noexcept {
      return detail::NodeAwait<M, T...>(std::move(node_));
    }
    detail::NodeRef<T...> node_;
  };
  const detail::NodeRef<T...>& node() const noexcept {
    if (TROUPE_DEBUG && !node_) [[unlikely]]
      panic("a Value was awaited that had been moved", type_name<Value>);
    return node_;
  }
  template <class... U> friend struct PushPipe;
  detail::NodeRef<T...> node_;
};

/// What push_pipe makes; `auto [value, ret] = push_pipe<T>(core)`.
template <class... T> struct PushPipe {
  explicit PushPipe(detail::NodeRef<T...> node) noexcept
      : value(std::move(node)), ret(value.node_.ret()) {}
  Value<T...> value;
  Ret<T...> ret;
};
/// Makes a Ret and the awaitable that it answers: so an actor's answer gets into a task. If moving
/// the value throws, the awaiting task gets `Why::failed` with that exception. A failure that finds
/// no memory to wait in keeps its reason, and loses its actor and its error. No allocation in
/// steady state.
/// @throws std::bad_alloc when there is no memory
template <class... T>
  requires Keepable<T...>
PushPipe<T...> push_pipe(Core& core) {
  return PushPipe<T...>(detail::NodeRef<T...>(core));
}

/// An awaitable that begins when it is awaited: `start(core, ret)` is called once, and whoever gets
/// the Ret answers it. It may return a guard with `cancel()`, called when the awaiting task is
/// dropped before the answer. Awaited once, in the expression that makes it or as an rvalue. The
/// base of ask, pull pipes, and of awaitables of yours.
template <class Start, class... T> class [[nodiscard("does nothing until it is awaited")]] Pull {
 public:
  using troupe_of_one_runtime = void;
  explicit Pull(Start start) : start_(std::move(start)) {}
  auto operator co_await() && { return std::move(*this).template awaiter<Mode::drop>(); }
  auto reply() && { return detail::InMode<Mode::reply, Pull>(std::move(*this)); }
  auto value() && { return detail::InMode<Mode::value, Pull>(std::move(*this)); }
  Start&& start() && { return std::move(start_); }
  template <std::same_as<detail::ValueOf<T...>> Value_>
  operator Value_() && = delete;  // this is no value yet: co_await it

 private:
  friend struct detail::EachMode;
  friend struct detail::InTask;
  template <Mode M> auto awaiter() && {
    return detail::WithHandle<detail::StartAwait<M, Start, T...>>(std::move(start_));
  }
  template <Mode M> auto awaiter_in_task() && {
    return detail::StartAwait<M, Start, T...>(std::move(start_));
  }
  auto awaiter_in_task() && { return std::move(*this).template awaiter_in_task<Mode::drop>(); }
  Start start_;
};
/// Makes a `Pull`: `co_await pull<int>(start)`. The `T`s, the types of the answer, are `Keepable`.
/// @param start called as `start(core, ret)` with the Ret that it answers, or sees answered
template <class... T, class Start>
  requires Keepable<T...> && detail::none_dies_twice<Start>
auto pull(Start start) {
  return Pull<Start, T...>(std::move(start));
}
/// Of an aggregate under GCC 12: a copy of one that has a name.
template <class... T, class Start>
  requires Keepable<T...> && detail::named_first<const Start&> && std::copy_constructible<Start>
auto pull(const Start& start) {
  return Pull<Start, T...>(Start(start));
}

namespace detail {
template <class... T> struct PullRequest {
  Ret<Ret<T...>> request;
  void operator()(Core&, Ret<T...> ret) { request(std::move(ret)); }
};
}  // namespace detail
/// A pull pipe: when it is awaited, `request` is answered with a Ret for the value. Awaited once.
/// If `request` has no receiver, the Ret is dropped and the awaiting task ends with `dropped`, as
/// for any answer that does not come.
/// @throws std::bad_alloc at the await, when the pool needs memory and there is none
template <class... T>
  requires Keepable<T...>
auto pull_pipe(Ret<Ret<T...>> request) {
  return Pull<detail::PullRequest<T...>, T...>(detail::PullRequest<T...>{std::move(request)});
}
template <class... T, class Mistake = detail::KeptMistake<T...>>
  requires(!Keepable<T...>)
detail::Refused push_pipe(Core&) = delete;  // see Mistake
template <class... T, class Start,
          class Mistake = detail::name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
  requires(Keepable<T...> && detail::made_beside<Start>)
detail::Refused pull(Start&&) = delete;  // see Mistake
template <class... T, class Start, class Mistake = detail::KeptMistake<T...>>
  requires(!Keepable<T...>)
detail::Refused pull(Start) = delete;  // see Mistake
template <class... T, class Mistake = detail::KeptMistake<T...>>
  requires(!Keepable<T...>)
detail::Refused pull_pipe(Ret<Ret<T...>>) = delete;  // see Mistake

}  // namespace troupe
