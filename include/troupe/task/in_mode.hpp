// task/in_mode.hpp: awaitables of ours in the mode that was asked for, by reply() and value() and
// their functions. (internal)
#pragma once
#include <troupe/task/awaiter.hpp>
#include <troupe/task/own_await.hpp>

namespace troupe {

namespace detail {
// Awaiters may be moved until they are awaited, as some libraries do: each into memory of that
// library. One that stands beside what it awaits is moved with it, or, where it is a part of that,
// found anew.
template <class X, class Awaiter>
concept moves_with_awaiter = std::move_constructible<X> &&
                             (std::is_reference_v<Awaiter> || std::move_constructible<Awaiter>);
template <class Awaiter, class Find>
Awaiter move_awaiter(std::remove_reference_t<Awaiter>& from, const Find& find) {
  if constexpr (std::is_reference_v<Awaiter>)
    return find();
  else
    return Awaiter(std::move(from));
}
// The awaiter of an X of ours that knows one mode only (a sleep, an operation of a connection),
// under Mode::reply or Mode::value.
template <Mode M, class X> class ModeAwait : public Awaiter<ModeAwait<M, X>, M> {
  using Inner = awaiter_of<X>;
  using Raw = std::remove_cvref_t<Inner>;
  using Got = decltype(std::declval<Raw&>().await_resume());
  using R = std::expected<std::remove_cvref_t<Got>, ActorFail>;

 public:
  static constexpr std::string_view what = await_info<Raw>.what;
  static constexpr std::string_view whom = await_info<Raw>.whom;
  using troupe_not_storable = void;
  explicit ModeAwait(X&& x)
      : x_(std::forward<X>(x)), awaiter_(detail::get_awaiter(std::forward<X>(x_))) {}
  ModeAwait(ModeAwait&& other)
    requires moves_with_awaiter<X, Inner>
      : ModeAwait::Awaiter(std::move(other)),
        x_(std::forward<X>(other.x_)),
        awaiter_(detail::move_awaiter<Inner>(other.awaiter_, [this]() -> Inner {
          return detail::get_awaiter(std::forward<X>(x_));
        })) {}
  bool armed() const noexcept
    requires requires(const Raw& a) { a.armed(); }
  {
    return awaiter_.armed();
  }
  AskedActor asked() const noexcept
    requires requires(const Raw& a) { a.asked(); }
  {
    return awaiter_.asked();
  }
  void request_stop() const noexcept
    requires requires(const Raw& a) { a.request_stop(); }
  {
    awaiter_.request_stop();
  }
  int turns_ahead(Look look, int depth) const noexcept
    requires requires(const Raw& a) { a.turns_ahead(Look::asks, 1); }
  {
    return awaiter_.turns_ahead(look, depth);
  }
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    return awaiter_.await_ready();
  }
  void wait(Wake w) { awaiter_.wait(w); }
  auto await_resume() {
    if constexpr (M == Mode::reply)
      return detail::as_reply<R>([&]() -> decltype(auto) { return awaiter_.await_resume(); });
    else
      return static_cast<Got>(awaiter_.await_resume());
  }

 private:
  X x_;
  Inner awaiter_;
};

// For awaitables of ours that have an awaiter for each mode.
struct EachMode {
  template <Mode M, class X>
  static auto awaiter(X&& x) -> decltype(std::forward<X>(x).template awaiter<M>()) {
    return std::forward<X>(x).template awaiter<M>();
  }
  template <Mode M, class X>
  static auto awaiter_in_task(X&& x) -> decltype(std::forward<X>(x).template awaiter_in_task<M>()) {
    return std::forward<X>(x).template awaiter_in_task<M>();
  }
};
// An awaitable of ours in another mode. The awaiter is made where it is awaited, so this may be
// moved before that.
template <Mode M, class X> class [[nodiscard("does nothing until it is awaited")]] InMode {
 public:
  using troupe_of_one_runtime = void;
  explicit InMode(X&& x) : x_(std::forward<X>(x)) {}
  auto operator co_await() && {
    if constexpr (requires { EachMode::awaiter<M>(std::forward<X>(x_)); })
      return EachMode::awaiter<M>(std::forward<X>(x_));
    else
      return ModeAwait<M, X>(std::forward<X>(x_));
  }
  auto origin() const
    requires has_origin<std::remove_reference_t<X>>
  {
    return AsksOrigin::of(x_);
  }

 private:
  friend struct InTask;
  auto awaiter_in_task() &&
    requires requires(X&& x) { EachMode::awaiter_in_task<M>(std::forward<X>(x)); }
  {
    return EachMode::awaiter_in_task<M>(std::forward<X>(x_));
  }
  X x_;
};
// By value where that goes; else in the expression that made it.
template <class A>
using held_in_mode =
    std::conditional_t<!std::is_lvalue_reference_v<A> && std::is_move_constructible_v<A>, A, A&&>;
}  // namespace detail

template <Mode M, class X> inline constexpr bool storable<detail::InMode<M, X>> = bool(storable<X>);

}  // namespace troupe
