// task/on_drop.hpp: a function that is called when a coroutine is dropped, since a destructor
// cannot await.
#pragma once
#include <troupe/base/pack.hpp>
#include <troupe/core/good_function.hpp>
#include <troupe/task/awaitable.hpp>
#include <troupe/task/frame.hpp>

namespace troupe {

namespace detail {
class Strand;
}

/// What `co_await on_drop(...)` gives: a local whose destructor calls the function if the coroutine
/// is being dropped. It does not call it where the block is left in the usual way or by an
/// exception. It may be moved and returned, and then belongs to the coroutine that holds it; where
/// no coroutine holds it, the function is not called.
template <class F, class... B> class [[nodiscard("keep it in a local of the coroutine")]] OnDrop {
 public:
  OnDrop(F fn, detail::Pack<B...> bound) : fn_(std::move(fn)), bound_(std::move(bound)) {}
  OnDrop(OnDrop&& other)
      : fn_(std::move(other.fn_)),
        bound_(std::move(other.bound_)),
        armed_(std::exchange(other.armed_, false)) {}
  ~OnDrop() {
    if (!armed_ || !detail::FrameDrop::goes_on()) return;
    TROUPE_TRY {
      bound_([&](auto&... b) { fn_(std::move(b)...); });
    }
    TROUPE_CATCH_ALL { detail::FrameDrop::note(std::current_exception()); }
  }
  /// Forgets the function, which is no longer called.
  void dismiss() noexcept { armed_ = false; }

 private:
  F fn_;
  detail::Pack<B...> bound_;
  bool armed_ = true;
};
namespace detail {
template <class F, class... B> struct MakeOnDrop {
  MakeOnDrop(F f, B... b) : fn(std::move(f)), bound(detail::pack(std::move(b)...)) {}
  OnDrop<F, B...> enter(Strand&) { return OnDrop<F, B...>(std::move(fn), std::move(bound)); }
  F fn;
  Pack<B...> bound;
};
}  // namespace detail

/// `auto undo = co_await on_drop(fn, bound...);` registers a function that is called if this
/// coroutine is dropped while `undo` lives: the destructor of `undo` then calls `fn(bound...)`,
/// which may call actors, answer Rets and defer. A task is dropped with all the coroutines that it
/// awaits; a generator also if it is destroyed between two items, by any code. An exception out of
/// `fn` is logged at level Error.
/// @param fn a function or captureless lambda
template <class F, class... B>
  requires detail::good_function<F, B...> && std::is_invocable_v<F&, B...> &&
           detail::none_dies_twice<F, B...>
auto on_drop(F fn, B... bound) {
  return detail::MakeOnDrop<F, B...>(std::move(fn), std::move(bound)...);
}
#if TROUPE_GCC_12
// What an aggregate among the arguments asks for: a copy of one that has a name.
template <class F, class... B>
  requires detail::named_first<F, B...> &&
           detail::good_function<std::decay_t<F>, std::decay_t<B>...>
auto on_drop(F&& fn, B&&... bound) {
  return detail::MakeOnDrop<std::decay_t<F>, std::decay_t<B>...>(
      std::decay_t<F>(std::forward<F>(fn)), std::decay_t<B>(std::forward<B>(bound))...);
}
template <class F, class... B,
          class Mistake = detail::name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
  requires detail::made_beside<F, B...> &&
               detail::good_function<std::decay_t<F>, std::decay_t<B>...>
detail::Refused on_drop(F&&, B&&...) = delete;  // see Mistake
#endif
template <class F, class... B,
          class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
detail::Refused on_drop(F&&, B&&...) = delete;  // see Mistake

}  // namespace troupe
