// task/asking.hpp: which handlers can be asked, and how a result becomes an answer. (internal)
#pragma once
#include <troupe/core/call.hpp>
#include <troupe/task/spawn.hpp>

namespace troupe::detail {

template <class P> struct ret_types {
  static constexpr bool is = false;
};
template <class... T> struct ret_types<Ret<T...>> {
  static constexpr bool is = true;
  using type = Types<T...>;
};
template <class Params> struct last_of {
  using type = void;
};
template <class P, class... Rest> struct last_of<Types<P, Rest...>> {
  using type = typename nth_type<sizeof...(Rest), Types<P, Rest...>>::type;
};

// How a handler answers: through the Ret that it takes last (this wins), through the Task that it
// returns, or by value.
template <auto M> struct Answers {
  using Handler = Method<decltype(M)>;
  using Last = ret_types<typename last_of<typename Handler::params>::type>;
  using R = typename Handler::result;
  static auto types() {
    if constexpr (Last::is)
      return typename Last::type{};
    else if constexpr (is_task<R>)
      return value_types<typename R::value_type>();
    else
      return value_types<R>();
  }
  template <class V> static auto value_types() {
    if constexpr (std::is_void_v<V>)
      return Types<>{};
    else
      return Types<std::remove_cvref_t<V>>{};
  }
  using type = decltype(types());
};
// A handler without a Ret, called with one behind its arguments.
template <auto M, class A> struct AnswerByResult : MethodCall<M, A> {
  using Base = MethodCall<M, A>;
  template <class... X> static void invoke(Box& box, X&&... x) {
    with_last(
        [&](auto& ret, auto&&... args) { answer(box, ret, std::forward<decltype(args)>(args)...); },
        std::forward<X>(x)...);
  }

 private:
  template <class F, class X> static void with_last(F&& f, X&& ret) { f(ret); }
  template <class F, class X, class Y, class... Rest>
  static void with_last(F&& f, X&& x, Y&& y, Rest&&... rest) {
    with_last(
        [&](auto& ret, auto&&... args) {
          f(ret, std::forward<X>(x), std::forward<decltype(args)>(args)...);
        },
        std::forward<Y>(y), std::forward<Rest>(rest)...);
  }
  template <class Ret_, class... X> static void answer(Box& box, Ret_& ret, X&&... x) {
    using R = typename Answers<M>::R;
    if constexpr (is_task<R>) {
      R task = Base::invoke(box, std::forward<X>(x)...);
      start_task<typename R::value_type>(box.core(), std::move(task), std::move(ret),
                                         detail::starts_in_turn_of(box, task));
    } else if constexpr (std::is_void_v<R>)
      Base::invoke(box, std::forward<X>(x)...), ret();
    else
      ret(Base::invoke(box, std::forward<X>(x)...));
  }
};

template <class Invoke, class A, class Args> struct AskStart;
template <class Invoke, class A, class... X> struct AskStart<Invoke, A, Types<X...>> {
  static constexpr const char* what = "an answer from";
  static constexpr std::string_view whom = type_name<A>;
  Actor<A> to;
  Pack<X...> args;
  template <class... T> void operator()(Core&, Ret<T...> ret) {
    args([&](auto&... x) { enqueue<Invoke>(target_box(to), std::move(x)..., std::move(ret)); });
  }
};
template <class Invoke, class A, class... P, class... T, class... X>
auto make_ask(Types<P...>, Types<T...>, Actor<A> to, X&&... x) {
  using Start = AskStart<Invoke, A, Types<P...>>;
  return Pull<Start, T...>(Start{std::move(to), detail::pack(P(std::forward<X>(x))...)});
}
template <auto M, class To> auto target_handle(To&& to) {
  return handle_of<actor_of<To>>(*target_box(to));
}
template <auto M>
inline constexpr std::size_t asked_params =
    Method<decltype(M)>::params::size - (Answers<M>::Last::is ? 1 : 0);
template <class To, auto M, class... X>
concept good_ask = good_receiver<To, M, X...> && sizeof...(X) == asked_params<M> &&
                   !(dies_twice<X> || ...) && all_keepable<typename Answers<M>::type>;
template <class To, auto M, class... X> auto find_ask_mistake() {
  if constexpr ((dies_twice<X> || ...))
    return name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await{};
  else if constexpr (good_ask<To, M, X...>)
    return no_mistake{};
  else if constexpr (good_receiver<To, M, X...> && sizeof...(X) == asked_params<M>)
    return typename kept_mistake_of<typename Answers<M>::type>::type{};
  else
    return find_receiver_mistake<false, the_method_takes_another_number_of_arguments, To, M,
                                 X...>();
}
template <class To, auto M, class... X>
using AskMistake = decltype(find_ask_mistake<To, M, X...>());

}  // namespace troupe::detail
