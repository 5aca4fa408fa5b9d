// core/mistake.hpp: what the compiler says where it refuses. (internal)
//
// Each verb has one deleted overload for everything that it cannot take, and that overload's last
// template argument names the mistake: a compiler prints it with the line of the caller. Hence
// these names, which are sentences. Other libraries have functions of the same names (all, map,
// ...). So such an overload of ours takes part only when an argument has a type of Troupe; a second
// deleted overload, of `Any`, which any other function beats, covers the rest.
#pragma once
#include <troupe/base/refused.hpp>
#include <troupe/base/scoped.hpp>
#include <troupe/base/storable.hpp>
#include <troupe/base/time.hpp>

namespace troupe {
template <class... T> class Ret;
template <class... T> class Fwd;
}  // namespace troupe

namespace troupe::detail {

struct no_mistake {};
// What Find says, looked for only where something is not Good.
template <bool Good, template <class...> class Find, class... A> struct mistake_unless {
  using type = no_mistake;
};
template <template <class...> class Find, class... A> struct mistake_unless<false, Find, A...> {
  using type = Find<A...>;
};
template <bool Good, template <class...> class Find, class... A>
using MistakeUnless = typename mistake_unless<Good, Find, A...>::type;

// ---- anywhere
struct scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns {};

// ---- what outlives its turn: answers, results, items
struct a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs {};
struct a_value_that_outlives_its_turn_is_aligned_above_16_bytes_give_a_unique_ptr_to_it {};
struct a_value_that_outlives_its_turn_has_a_throwing_destructor_give_a_unique_ptr_to_it {};
template <class... T> auto find_kept_mistake() {
  if constexpr (Keepable<T...>)
    return no_mistake{};
  else if constexpr (!((std::is_void_v<T> || shows_no_borrow<T>) && ...))
    return a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs{};
  else if constexpr (!((std::is_void_v<T> || aligned_to_at_most_16<T>) && ...))
    return a_value_that_outlives_its_turn_is_aligned_above_16_bytes_give_a_unique_ptr_to_it{};
  else
    return a_value_that_outlives_its_turn_has_a_throwing_destructor_give_a_unique_ptr_to_it{};
}
template <class... T> using KeptMistake = decltype(find_kept_mistake<T...>());
struct a_value_that_waits_must_have_a_noexcept_move_constructor_or_give_a_unique_ptr_to_it {};
template <class T>
concept may_wait = Keepable<T> && nothrow_movable<T>;
template <class T> auto find_waiting_mistake() {
  if constexpr (Keepable<T> && !nothrow_movable<T>)
    return a_value_that_waits_must_have_a_noexcept_move_constructor_or_give_a_unique_ptr_to_it{};
  else
    return find_kept_mistake<T>();
}
template <class T> using WaitingMistake = decltype(find_waiting_mistake<T>());
template <class Types> inline constexpr bool all_keepable = false;
template <template <class...> class C, class... T>
inline constexpr bool all_keepable<C<T...>> = Keepable<T...>;
template <class Types> struct kept_mistake_of;
template <template <class...> class C, class... T> struct kept_mistake_of<C<T...>> {
  using type = KeptMistake<T...>;
};

// ---- call<&A::m>(actor, args...) and its kin
struct an_Actor_converts_to_no_virtual_private_or_ambiguous_base {};
struct the_target_must_be_an_Actor_an_ActorOwn_or_a_Cx {};
struct a_handler_is_a_method_not_rvalue_qualified_or_static_with_Prep_first {};
struct the_class_of_that_actor_has_no_such_method {};
struct the_method_takes_another_number_of_arguments {};
struct the_method_takes_a_Ret_pass_ret_nop_or_ret_to_or_ask_it {};
struct the_method_takes_a_Fwd_pass_fwd_to_or_fwd_do {};
struct a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow {};
struct a_std_function_hides_what_it_captured_take_a_Fwd_or_Ret {};
struct a_parameter_must_have_a_noexcept_move_constructor_or_take_a_unique_ptr_to_it {};
struct a_parameter_is_aligned_to_more_than_16_bytes_take_a_std_unique_ptr_to_it {};
struct an_argument_does_not_convert_to_its_parameter_or_lacks_std_move {};
template <class> struct given {};
template <class> struct wanted {};
template <int Number, class Given, class Wanted>
struct argument {};  // which one: printed beside the sentence
struct wrap_the_function_in_ret_do_or_ret_some_do {};
struct wrap_the_function_in_fwd_do_or_name_a_method_by_fwd_to {};
template <class X>  // a Ret or a Fwd can be called too
concept a_bare_function =
    callable<std::decay_t<X>> && !requires { typename std::decay_t<X>::troupe_relocatable; };
template <class P, class X> inline constexpr bool lacks_ret_do = false;
template <class... T, class X>
inline constexpr bool lacks_ret_do<Ret<T...>, X> = a_bare_function<X>;
template <class P, class X> inline constexpr bool lacks_fwd_do = false;
template <class... T, class X>
inline constexpr bool lacks_fwd_do<Fwd<T...>, X> = a_bare_function<X>;
struct name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await {};
struct a_string_literal_is_wrapped_at_the_call_write_Literal_around_it {};
struct the_actor_or_Core_comes_first {};
struct the_method_must_end_in_one_Reply_behind_the_bound_arguments_or_say_ret_some_to {};
struct a_Fwd_copies_its_bound_arguments_for_each_value_bind_what_can_be_copied {};

// at(), after(), timer_max() and their kin
template <class T>
concept a_wait = std::is_convertible_v<const std::remove_cvref_t<T>&, Duration>;
template <class T>
concept an_instant = std::is_convertible_v<const std::remove_cvref_t<T>&, Instant>;
struct at_takes_an_Instant_for_a_Duration_use_after {};
struct after_takes_a_Duration_for_an_Instant_use_at {};
struct behind_the_actor_or_Core_comes_the_time {};
struct sleep_takes_a_Duration_for_an_Instant_use_sleep_until {};
struct sleep_until_takes_an_Instant_for_a_Duration_use_sleep {};
struct a_moving_timer_takes_an_Instant_add_the_Duration_to_now {};
struct timer_max_takes_its_MaxTimerKey_first {};
struct timer_min_takes_its_MinTimerKey_first {};
struct query_takes_the_Runtime_which_hosts_hold_a_handler_calls_or_asks {};
struct query_cannot_call_a_coroutine_or_a_method_with_a_Ret_ask_it_from_a_coroutine {};

// ---- defer(core, fn, bound...) and its kin
struct this_is_no_function_to_run {};
struct a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture {};
struct a_std_function_hides_what_it_captured_give_a_lambda_and_bind_values_behind_it {};
struct a_bound_argument_borrows_pass_a_value_that_owns_or_unsafe_borrow_it {};
struct a_bound_argument_must_have_a_noexcept_move_constructor_or_bind_a_unique_ptr_to_it {};
struct a_bound_argument_is_aligned_to_more_than_16_bytes_bind_a_std_unique_ptr_to_it {};
struct a_function_object_is_aligned_to_more_than_16_bytes_bind_values_behind_it {};
struct a_braced_list_has_no_type_make_a_value_of_it_first_and_pass_that {};
struct a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f {};
struct the_function_does_not_take_these_bound_arguments {};
struct a_bound_value_is_moved_into_the_function_take_it_by_value_or_const_reference {};
struct the_function_must_end_in_one_Reply_or_say_ret_do_with_its_types {};

// ---- make_actor<A>(context, notify, args...)
struct who_hears_of_its_end_ret_nop_for_nobody {};
struct leave_the_Cx_out_make_actor_passes_it {};
struct name_the_ActorSlab_member_of_the_parent_as_in_make_actor_in_of_P_children {};
struct an_argument_borrows_pass_a_std_string_a_Literal_or_unsafe_borrow_it {};
struct a_preparing_handler_is_static_and_takes_Prep_of_its_class_first {};
struct the_class_has_no_constructor_for_these_arguments_with_or_without_Cx_first {};
struct a_constructor_gets_what_it_owns_take_it_by_value_or_unsafe_borrow_the_argument {};

// ---- spawn(context, fn, ret, args...) and scope.spawn(fn, args...)
struct a_coroutine_lambda_must_not_capture_pass_what_it_needs_as_arguments {};
struct behind_the_function_comes_a_Ret_of_its_result_or_ret_nop_then_its_arguments {};
struct the_coroutine_does_not_take_these_arguments {};
struct the_coroutine_takes_another_number_of_arguments {};
struct a_Core_or_Cx_comes_first_in_a_coroutine_and_is_passed_by_what_spawns_it {};
struct a_coroutine_that_takes_a_Cx_is_spawned_with_that_Cx_or_called_as_a_method {};
struct a_method_is_called_or_asked_as_in_ask_of_A_f_and_not_spawned {};
struct a_Step_borrows_lend_what_it_takes_by_reference_with_scoped_x {};
struct the_function_must_return_a_Task {};
struct a_Step_is_awaited_where_it_is_made_only_a_Task_can_be_handed_on {};
struct this_is_neither_a_coroutine_function_nor_awaitable {};
struct the_Ret_must_take_what_the_coroutine_returns {};
struct a_stream_is_begun_with_spawn_stream_and_a_Fwd_for_its_items {};
struct this_awaitable_borrows_its_object_await_it_where_it_is_made_or_in_a_Task_that_owns_it {};
struct this_awaiter_holds_a_pointer_or_view_if_that_outlives_the_wait_mark_its_type_storable {};
struct this_awaitable_cannot_be_moved_await_it_where_it_is_made {};
struct this_awaitable_wants_the_executor_of_its_own_library_run_it_there_and_await_its_answer {};
struct a_child_of_a_Scope_has_no_Ret_only_a_function_is_followed_by_its_arguments {};
struct what_borrows_by_scoped_returns_a_Step_a_Task_owns_its_parameters {};
struct an_argument_borrows_lend_the_object_with_scoped_or_pass_a_value_that_owns {};
struct the_Scope_makes_the_Step_give_it_the_function_then_its_arguments {};

struct the_first_argument_is_a_Runtime_a_Core_or_a_Cx {};

// ---- what a coroutine takes and what it gives
struct a_Task_must_own_its_parameters_take_them_by_value_or_return_a_Step {};
struct a_member_coroutine_takes_the_Cx_of_its_actor_first_or_returns_a_Step {};
struct a_parameter_has_a_throwing_destructor_take_a_std_unique_ptr_to_it {};
struct a_parameter_has_a_throwing_destructor_take_a_reference_to_it {};
struct a_parameter_is_aligned_to_more_than_16_bytes_take_a_reference_to_it {};
struct a_result_outlives_its_turn_give_one_that_owns_what_it_needs {};
struct a_result_is_aligned_to_more_than_16_bytes_give_a_std_unique_ptr_to_it {};
struct a_result_has_a_throwing_destructor_give_a_std_unique_ptr_to_it {};
struct a_Generator_must_own_its_parameters_take_them_by_value {};
struct a_Generator_is_no_member_function_pass_what_it_needs_by_value {};
struct a_Generator_belongs_to_who_reads_it_and_takes_no_Cx_pass_values {};
struct an_item_outlives_its_turn_yield_one_that_owns_what_it_needs {};
struct an_item_is_aligned_to_more_than_16_bytes_yield_a_std_unique_ptr_to_it {};
struct an_item_has_a_throwing_destructor_yield_a_std_unique_ptr_to_it {};

// ---- co_await x
struct nothing_comes_back_from_a_call_write_co_await_ask_for_an_answer {};
struct nothing_to_await_it_has_neither_operator_co_await_nor_await_ready {};
struct awaiting_uses_a_Task_up_write_co_await_std_move_of_it {};
struct this_awaitable_runs_only_in_coroutines_of_its_own_library {};
struct this_awaitable_is_aligned_to_more_than_16_bytes_hold_a_unique_ptr_in_it {};

// ---- all(a, b, ...), timeout(duration, a) and their kin
struct nothing_to_await_call_the_function_and_give_its_Task_or_one_vector {};
struct nothing_to_await_call_the_function_and_hand_its_Task_on_with_std_move {};
struct nothing_to_await_timeout_takes_a_Duration_then_a_Task_call_its_function {};
struct nothing_to_await_deadline_takes_an_Instant_then_a_Task_call_its_function {};
struct only_a_Task_can_be_shielded_call_its_function_a_Step_is_awaited_where_it_is_made {};
struct what_is_awaited_is_used_up_hand_it_on_with_std_move {};
struct this_is_a_function_call_it_and_pass_the_Task_that_it_returns {};
struct this_is_not_awaitable_give_Tasks_or_other_awaitables_or_one_std_vector_of_them {};
struct the_time_comes_first_for_timeout_a_Duration_for_deadline_an_Instant {};

// ---- connection.write(text)
struct the_text_must_live_until_it_is_written_keep_the_string_in_a_variable {};

// ---- Queue<T, Weight>, stream_pipe<T, Weight>(core, ...)
struct a_weight_is_a_class_without_data_that_is_made_anew_for_each_item {};
struct a_weight_is_called_with_a_const_item_and_gives_a_std_size_t {};
struct a_weight_must_not_throw_mark_its_call_operator_noexcept {};
struct try_push_takes_an_item_itself_where_items_have_a_weight_make_one_first {};

// ---- spawn_stream(context, stream, fwd), map(stream, fn, bound...) and its kin
struct stream_pipe_of_T_takes_core_more_capacity_when_full_and_T_must_not_borrow {};
struct this_is_no_Stream_map_takes_one_by_std_move_then_a_function {};
struct this_is_no_Stream_filter_takes_one_by_std_move_then_a_function {};
struct this_is_no_Stream_for_each_takes_one_by_std_move_then_a_function {};
struct this_is_no_Stream_take_takes_one_by_std_move_then_a_number {};
struct this_is_no_Stream_collect_takes_one_by_std_move {};
struct these_are_no_Streams_of_one_item_type_merge_takes_them_by_std_move {};
struct the_Fwd_takes_std_optional_of_the_items_or_of_their_Reply {};
struct the_function_must_return_a_Stream {};
struct this_is_neither_a_Stream_nor_a_function_that_returns_one {};
struct the_function_takes_what_is_bound_then_an_item_and_returns_a_value_but_no_Task {};
struct the_test_takes_what_is_bound_then_a_const_item_and_returns_a_bool {};
struct the_function_takes_what_is_bound_then_an_item_and_returns_no_Step {};

}  // namespace troupe::detail
