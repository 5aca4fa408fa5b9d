// core/mistake.hpp: what the compiler says where it refuses.
//
// Each verb has one deleted overload for everything that it cannot take, and that overload's last template argument
// names the mistake: a compiler prints it with the line of the caller. Hence these names, which are sentences.
#pragma once

namespace troupe::detail {

struct no_mistake {};

// ---- call<&A::m>(actor, args...) and its kin
struct the_target_must_be_an_Actor_an_ActorOwn_or_a_Cx {};
struct a_handler_is_a_method_not_rvalue_qualified_or_static_with_Prep_first {};
struct the_class_of_that_actor_has_no_such_method {};
struct the_method_takes_another_number_of_arguments {};
struct a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow {};
struct an_argument_does_not_convert_to_its_parameter_or_lacks_std_move {};
struct a_string_literal_is_wrapped_at_the_call_write_Literal_around_it {};
struct the_method_must_end_in_one_Reply_behind_the_bound_arguments_or_say_ret_some_to {};
struct a_Fwd_copies_its_bound_arguments_for_each_value_bind_what_can_be_copied {};

// ---- defer(core, fn, bound...) and its kin
struct this_is_no_function_to_run {};
struct a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture {};
struct a_std_function_hides_what_it_captured_give_a_lambda_and_bind_values_behind_it {};
struct a_bound_argument_borrows_pass_a_value_that_owns_or_unsafe_borrow_it {};
struct the_function_does_not_take_these_bound_arguments {};
struct the_function_must_end_in_one_Reply_or_say_ret_do_with_its_types {};

// ---- make_actor<A>(context, notify, args...)
struct an_argument_borrows_pass_a_std_string_a_Literal_or_unsafe_borrow_it {};
struct a_preparing_handler_is_static_and_takes_Prep_of_its_class_first {};
struct the_class_has_no_constructor_for_these_arguments_with_or_without_Cx_first {};

// ---- spawn(context, fn, ret, args...)
struct a_coroutine_lambda_must_not_capture_pass_values_behind_the_Ret {};
struct behind_the_function_comes_a_Ret_of_its_result_or_ret_nop_then_its_arguments {};
struct the_coroutine_does_not_take_these_arguments {};
struct the_function_must_return_a_Task {};
struct a_Step_is_awaited_where_it_is_made_only_a_Task_can_be_spawned {};
struct this_is_neither_a_coroutine_function_nor_awaitable {};

}  // namespace troupe::detail
