// support/greedy_names.hpp: a user's namespace that has functions for any arguments, by the names
// of the library's own.
#pragma once

// What the library calls by a plain name is looked for in the namespaces of its arguments, too, and
// of their template arguments: there such a function would be the better match, or as good a one.
// Whoever is chosen by mistake is deleted.
#define TROUPE_GREEDY(name)                                                             \
  template <class A> void name(A&&) = delete;                                           \
  template <class A, class B> void name(A&&, B&&) = delete;                             \
  template <class A, class B, class C> void name(A&&, B&&, C&&) = delete;               \
  template <class A, class B, class C, class D> void name(A&&, B&&, C&&, D&&) = delete; \
  template <class... X> void name(X&&...) = delete;

namespace greedy {

TROUPE_GREEDY(add_due)
TROUPE_GREEDY(add_fixed)
TROUPE_GREEDY(add_max)
TROUPE_GREEDY(add_min)
TROUPE_GREEDY(answer_in_time)
TROUPE_GREEDY(answer_put_off)
TROUPE_GREEDY(answered_within)
TROUPE_GREEDY(as_stored)
TROUPE_GREEDY(asker_of)
TROUPE_GREEDY(awaiter_in_mode)
TROUPE_GREEDY(become)
TROUPE_GREEDY(begin_child)
TROUPE_GREEDY(begin_wrapper)
TROUPE_GREEDY(body_threw)
TROUPE_GREEDY(box_of)
TROUPE_GREEDY(call_converted)
TROUPE_GREEDY(call_converted_in)
TROUPE_GREEDY(child_ended)
TROUPE_GREEDY(child_threw)
TROUPE_GREEDY(core_behind)
TROUPE_GREEDY(core_of)
TROUPE_GREEDY(count_down)
TROUPE_GREEDY(counted_call)
TROUPE_GREEDY(deferred)
TROUPE_GREEDY(delete_frame)
TROUPE_GREEDY(deliver)
TROUPE_GREEDY(destroy_frame)
TROUPE_GREEDY(drop_frame)
TROUPE_GREEDY(drop_held)
TROUPE_GREEDY(end_actor)
TROUPE_GREEDY(end_if_leaving)
TROUPE_GREEDY(end_leaving)
TROUPE_GREEDY(end_of_child)
TROUPE_GREEDY(enqueue)
TROUPE_GREEDY(enqueue_counted)
TROUPE_GREEDY(enqueue_function)
TROUPE_GREEDY(enter_child)
TROUPE_GREEDY(expect_first_base)
TROUPE_GREEDY(fail_answer)
TROUPE_GREEDY(fail_of)
TROUPE_GREEDY(feed_merge)
TROUPE_GREEDY(find_item)
TROUPE_GREEDY(first_owner_of)
TROUPE_GREEDY(forward_items)
TROUPE_GREEDY(forward_replies)
TROUPE_GREEDY(get_awaiter)
TROUPE_GREEDY(go_on_with)
TROUPE_GREEDY(go_on_with_flush)
TROUPE_GREEDY(handle_of)
TROUPE_GREEDY(hold)
TROUPE_GREEDY(is_over)
TROUPE_GREEDY(is_query)
TROUPE_GREEDY(kernel_here)
TROUPE_GREEDY(kernel_of)
TROUPE_GREEDY(kill)
TROUPE_GREEDY(leave_slab)
TROUPE_GREEDY(let_frame_go)
TROUPE_GREEDY(limited)
TROUPE_GREEDY(made_of)
TROUPE_GREEDY(make_ask)
TROUPE_GREEDY(make_box)
TROUPE_GREEDY(make_cell)
TROUPE_GREEDY(make_constructed)
TROUPE_GREEDY(make_fwd)
TROUPE_GREEDY(make_fwd_do)
TROUPE_GREEDY(make_noticed)
TROUPE_GREEDY(make_prepared)
TROUPE_GREEDY(make_ret)
TROUPE_GREEDY(make_ret_do)
TROUPE_GREEDY(make_step)
TROUPE_GREEDY(map_items)
TROUPE_GREEDY(merge_items)
TROUPE_GREEDY(move_awaiter)
TROUPE_GREEDY(nest)
TROUPE_GREEDY(new_notice)
TROUPE_GREEDY(notice_for)
TROUPE_GREEDY(origin_of)
TROUPE_GREEDY(owner_of)
TROUPE_GREEDY(pack)
TROUPE_GREEDY(pack_converted)
TROUPE_GREEDY(pass)
TROUPE_GREEDY(prefetch)
TROUPE_GREEDY(pull)
TROUPE_GREEDY(push_record)
TROUPE_GREEDY(put_back_from)
TROUPE_GREEDY(put_off)
TROUPE_GREEDY(queue_preparation)
TROUPE_GREEDY(queue_start)
TROUPE_GREEDY(refuse)
TROUPE_GREEDY(run_child)
TROUPE_GREEDY(run_step)
TROUPE_GREEDY(say_end)
TROUPE_GREEDY(start_child)
TROUPE_GREEDY(start_task)
TROUPE_GREEDY(starts_in_turn_of)
TROUPE_GREEDY(take_reply)
TROUPE_GREEDY(target_box)
TROUPE_GREEDY(target_handle)
TROUPE_GREEDY(task_gone)
TROUPE_GREEDY(task_threw)
TROUPE_GREEDY(throw_failed)
TROUPE_GREEDY(thrown)
TROUPE_GREEDY(timer_call)
TROUPE_GREEDY(turn)
TROUPE_GREEDY(value_at)
TROUPE_GREEDY(visit_items)
TROUPE_GREEDY(withdraw)
TROUPE_GREEDY(words_of)

struct Value {  // of a class of that namespace
  Value(int n) noexcept : number(n) {}
  Value(const Value&) noexcept = default;
  Value& operator=(const Value&) noexcept = default;
  ~Value() {}  // not trivial, so that no short way is taken
  int number;
};

}  // namespace greedy

#undef TROUPE_GREEDY
