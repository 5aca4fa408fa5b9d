// task/generator_rules.hpp: which coroutines may be a Generator: what they take and what they
// yield. (internal)
//
// What is refused gets a promise without get_return_object, so that the compiler names the
// coroutine first.
#pragma once
#include <troupe/task/task.hpp>

namespace troupe {

template <class T> class Generator;

namespace detail {
template <class T> struct GeneratorPromise;

template <class T>
struct AnyItems : Promise<void> {  // says nothing of its own: what is refused is named once
  AnyItems() noexcept : Promise<void>(std::source_location()) {}
  template <class U = T> std::suspend_always yield_value(U&&) noexcept { return {}; }
};
template <class T>
using BorrowedItems = RefusedPromise<AnyItems<T>, Generator<T>,
                                     an_item_outlives_its_turn_yield_one_that_owns_what_it_needs>;
template <class T>
using AlignedItems =
    RefusedPromise<AnyItems<T>, Generator<T>,
                   an_item_is_aligned_to_more_than_16_bytes_yield_a_std_unique_ptr_to_it>;
template <class T>
using ThrowingItems =
    RefusedPromise<AnyItems<T>, Generator<T>,
                   an_item_has_a_throwing_destructor_yield_a_std_unique_ptr_to_it>;
template <class T>
using AlignedGenerator =
    RefusedPromise<GeneratorPromise<T>, Generator<T>,
                   a_parameter_is_aligned_to_more_than_16_bytes_take_a_std_unique_ptr_to_it>;
template <class T>
using BorrowingGenerator = RefusedPromise<GeneratorPromise<T>, Generator<T>,
                                          a_Generator_must_own_its_parameters_take_them_by_value>;
template <class T>
using ThrowingGenerator =
    RefusedPromise<GeneratorPromise<T>, Generator<T>,
                   a_parameter_has_a_throwing_destructor_take_a_std_unique_ptr_to_it>;
template <class T>
using ActorsGenerator =
    RefusedPromise<GeneratorPromise<T>, Generator<T>,
                   a_Generator_belongs_to_who_reads_it_and_takes_no_Cx_pass_values>;
template <class T>
using CapturingGenerator =
    RefusedPromise<GeneratorPromise<T>, Generator<T>,
                   a_coroutine_lambda_must_not_capture_pass_what_it_needs_as_arguments>;
template <class T> struct MemberGenerator : GeneratorPromise<T> {
  template <class Mistake = a_Generator_must_own_its_parameters_take_them_by_value,
            class Member = a_Generator_is_no_member_function_pass_what_it_needs_by_value>
  Generator<T> get_return_object() = delete;  // see Mistake
};
template <class T, class O> struct LambdaGenerator : GeneratorPromise<T> {
  Generator<T> get_return_object(
      std::source_location here = std::source_location::current()) noexcept {
    static_assert(std::is_empty_v<O> || refused_before<O>,
                  "troupe: a coroutine lambda must not capture: pass what it needs as arguments");
    return GeneratorPromise<T>::get_return_object(here);
  }
};
template <class P> inline constexpr bool is_cx = false;
template <class A> inline constexpr bool is_cx<Cx<A>&> = true;
template <class T, class... P> auto find_generator() {
  if constexpr ((is_cx<P> || ...))
    return std::type_identity<ActorsGenerator<T>>{};
  else if constexpr (!(owned_parameter<P> && ...))
    return std::type_identity<BorrowingGenerator<T>>{};
  else if constexpr (nothrow_parameters<P...>)
    return std::type_identity<GeneratorPromise<T>>{};
  else
    return std::type_identity<ThrowingGenerator<T>>{};
}
template <class T, class... P> struct generator_for {
  using type = typename decltype(find_generator<T, P...>())::type;
};
// The first parameter is a reference to a class: the object of a lambda or of a method, or a plain
// mistake.
template <class T, class O> auto find_object_generator() {
  if constexpr (!complete_here<O>)
    return std::type_identity<LambdaGenerator<T, O>>{};
  else if constexpr (std::is_empty_v<O>)
    return std::type_identity<GeneratorPromise<T>>{};
  else if constexpr (callable_class<O>)
    return std::type_identity<CapturingGenerator<T>>{};
  else
    return std::type_identity<MemberGenerator<T>>{};
}
template <class T, class P0, class... P>
  requires(std::is_reference_v<P0> && std::is_class_v<std::remove_cvref_t<P0>> && !is_context<P0>)
struct generator_for<T, P0, P...> {
  using Rest = typename decltype(find_generator<T, P...>())::type;
  using Found = typename decltype(find_object_generator<T, std::remove_cvref_t<P0>>())::type;
  using type = std::conditional_t<std::is_same_v<Rest, GeneratorPromise<T>>, Found, Rest>;
};
template <class T, class... P> struct generator_of_items : generator_for<T, P...> {};
template <class T, class... P>
  requires(!Keepable<T>)
struct generator_of_items<T, P...> {
  using type = std::conditional_t<
      !shows_no_borrow<T>, BorrowedItems<T>,
      std::conditional_t<aligned_to_at_most_16<T>, ThrowingItems<T>, AlignedItems<T>>>;
};
template <class T, class... P>
  requires(Keepable<T> && !(fits_a_frame<P> && ...))
struct generator_of_items<T, P...> {
  using type = AlignedGenerator<T>;
};
}  // namespace detail

}  // namespace troupe

template <class T, class... P> struct std::coroutine_traits<troupe::Generator<T>, P...> {
  using promise_type = typename troupe::detail::generator_of_items<T, P...>::type;
};
