// core/receiver.hpp: which methods take an answer, with what bound to it, and the Ret that is made
// for one. (internal)
#pragma once
#include <troupe/core/answer.hpp>
#include <troupe/core/good_call.hpp>
#include <troupe/core/ret.hpp>
#include <troupe/core/type_list.hpp>

namespace troupe::detail {

// The types that a Ret carries, read off the parameters behind the bound ones.
template <class Rest> struct reply_types;
template <class T> struct reply_types<Types<std::expected<T, ActorFail>>> {
  using type = Types<T>;
};
template <> struct reply_types<Types<std::expected<void, ActorFail>>> {
  using type = Types<>;
};
template <class... T> struct reply_types<Types<std::expected<std::tuple<T...>, ActorFail>>> {
  using type = Types<T...>;
};
template <auto M, class... B>
concept a_reply_follows_the_bound_arguments = requires {
  typename reply_types<rest_of<sizeof...(B), typename Method<decltype(M)>::params>>::type;
};
template <class Params, class Indices, class... B> inline constexpr bool first_convert = false;
template <class Params, std::size_t... I, class... B>
inline constexpr bool first_convert<Params, std::index_sequence<I...>, B...> =
    (fits<typename nth_type<I, Params>::type, B> && ...);
template <auto M, class... B>
concept bound_arguments_convert = sizeof...(B) <= Method<decltype(M)>::params::size &&
                                  first_convert<typename Method<decltype(M)>::params,
                                                std::make_index_sequence<sizeof...(B)>, B...>;
template <class To, auto M, class... B>
concept good_receiver =
    a_target<To> && handler<M> && has_that_method<To, M> && bound_arguments_convert<M, B...> &&
    every_parameter_owns_its_value<StoredFor<M, B...>>;
template <class To, auto M, class... B>
concept good_ret_to = good_receiver<To, M, B...> && a_reply_follows_the_bound_arguments<M, B...>;

template <bool Good, class Otherwise, class To, auto M, class... B> auto find_receiver_mistake() {
  using Target = decltype(mistake_in_target<To, M>());
  if constexpr (Good)
    return no_mistake{};
  else if constexpr (!std::is_same_v<Target, no_mistake>)
    return Target{};
  else if constexpr (lends<B...>)
    return scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns{};
  else if constexpr (sizeof...(B) > Method<decltype(M)>::params::size)
    return the_method_takes_another_number_of_arguments{};
  else if constexpr (!every_parameter_owns_its_value<StoredFor<M, B...>>)
    return mistake_in_parameters(StoredFor<M, B...>{});
  else if constexpr (!bound_arguments_convert<M, B...>)
    return an_argument_does_not_convert_to_its_parameter_or_lacks_std_move{};
  else
    return Otherwise{};
}
template <class To, auto M, class... B>
using RetToMistake =
    decltype(find_receiver_mistake<
             good_ret_to<To, M, B...>,
             the_method_must_end_in_one_Reply_behind_the_bound_arguments_or_say_ret_some_to, To, M,
             B...>());
template <class To, auto M, class... B>
using ReceiverMistake =
    decltype(find_receiver_mistake<good_receiver<To, M, B...>, no_mistake, To, M, B...>());

template <class Invoke, bool Some, class... P, class... T, class... X>
TROUPE_INLINE Ret<T...> make_ret(Types<P...>, Types<T...>, Box* box, std::string_view site,
                                 X&&... x) {
  using To = ToActor<Invoke, Some, fits_words<P...>, Pack<P...>, T...>;
  Core& core = box->core();
  CallQueue& q = kernel_here(core).main;
  if constexpr (!Some) {
    if (!q.reserve(fail_size)) [[unlikely]]
      TROUPE_THROW(std::bad_alloc{});
  }
  Words w;
  if constexpr (fits_words<P...> && (std::is_nothrow_constructible_v<P, X&&> && ...)) {
    w = To::Storage::put(std::addressof(core), P(std::forward<X>(x))...);
  } else {
    TROUPE_TRY { w = To::Storage::put(std::addressof(core), P(std::forward<X>(x))...); }
    TROUPE_CATCH_ALL {
      if constexpr (!Some) q.unreserve(fail_size);
      TROUPE_RETHROW;
    }
  }
  box->ref();
  return Ret<T...>(&To::answer, box, w, site);
}

}  // namespace troupe::detail
