// task/own_await.hpp: an awaiter of ours in a task of ours. (internal)
#pragma once
#include <coroutine>
#include <exception>
#include <expected>
#include <troupe/base/borrow.hpp>
#include <troupe/base/type_name.hpp>
#include <troupe/task/awaitable.hpp>
#include <troupe/task/mode.hpp>
#include <troupe/task/origin.hpp>
#include <troupe/task/wake.hpp>

namespace troupe::detail {

template <class A>
concept own_awaitable = requires(awaiter_of<A> a, Wake w) {
  a.wait(w);
  std::remove_reference_t<awaiter_of<A>>::mode;
};

// Asked of the task itself, which goes on at once.
template <class A>
concept asks_the_task = requires(A& a, Strand& s) { a.enter(s); };
template <class A> class EnterAwait {
 public:
  EnterAwait(A&& a, Strand* s) : asked_(std::move(a)), strand_(s) {}
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  decltype(auto) await_resume() { return asked_.enter(*strand_); }

 private:
  A asked_;
  Strand* strand_;
};

template <class A> int turns_ahead_of(const void* a, Look look, int depth) noexcept {
  return static_cast<const A*>(a)->turns_ahead(look, depth);
}
// How an awaiter of ours is reported: `what` it is, and whether it is `armed`, which is known where
// it can say so.
template <class A> constexpr AwaitInfo describe_awaiter() noexcept {
  AwaitInfo info{type_name<A>, {}, nullptr};
  if constexpr (requires { A::what; }) info.what = A::what;
  if constexpr (requires { A::whom; }) info.whom = A::whom;
  if constexpr (requires { A::limited; }) info.limited = A::limited;
  if constexpr (requires(const A& a) { a.asked(); })
    info.asked = [](const void* a) noexcept { return static_cast<const A*>(a)->asked(); };
  if constexpr (requires(const A& a, std::vector<std::uint64_t>& ids) { a.children(ids); })
    info.children = [](const void* a, std::vector<std::uint64_t>& ids) {
      static_cast<const A*>(a)->children(ids);
    };
  if constexpr (requires(const A& a) { a.armed(); })
    info.armed = [](const void* a) noexcept -> bool { return static_cast<const A*>(a)->armed(); };
  if constexpr (requires(const A& a) { a.request_stop(); })
    info.stop = [](const void* a) noexcept { static_cast<const A*>(a)->request_stop(); };
  if constexpr (requires(const A& a) { a.turns_ahead(Look::asks, 1); })
    info.turns_ahead = &turns_ahead_of<A>;
  return info;
}
template <class A> inline constexpr AwaitInfo await_info = describe_awaiter<A>();

struct NoError {};
// Whose errors are values that nobody may overlook.
template <class A>
concept must_be_read = requires { A::must_be_read; };

// An awaiter of ours in a task of ours: no handle, no synthetic frame. Under Mode::reply whatever
// is thrown is a value, too.
template <class A> class OwnAwait {
  using Raw = std::remove_cvref_t<awaiter_in_task_of<A>>;
  static constexpr bool runs_within = requires { Raw::runs_within; };
  // Its wait() is a note that nobody else sees: a task that stands until it is dropped may begin
  // it, and goes on if the answer comes before.
  static constexpr bool waits_unseen = requires { requires Raw::waits_unseen; };
  using Got =
      decltype(std::declval<std::remove_reference_t<awaiter_in_task_of<A>>&>().await_resume());
  static constexpr bool tells =
      Raw::mode == Mode::reply && std::is_constructible_v<Got, std::unexpected<ActorFail>>;

 public:
  explicit OwnAwait(A&& a) : awaiter_(detail::get_awaiter_in_task(std::forward<A>(a))) {}
  OwnAwait(const OwnAwait&) = delete;
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    return awaiter_.await_ready();
  }
  template <class P> void await_suspend(std::coroutine_handle<P> h) {
    Strand& s = *h.promise().strand;
    if (s.is.dropped && (!runs_within || s.is_cut()) && !(waits_unseen && s.is_held())) return;
    s.awaits = &await_info<Raw>;
    s.awaiter = std::addressof(awaiter_);
    if constexpr (noexcept(awaiter_.wait(
                      Wake(s, true)))) {  // so it runs no code of the user: the task is still whole
      s.suspended();
      return awaiter_.wait(Wake(s, Raw::mode == Mode::drop));
    }
    TROUPE_TRY { awaiter_.wait(Wake(s, Raw::mode == Mode::drop)); }
    TROUPE_CATCH_ALL {  // it may have woken, or lost, before it threw
      s.cancel_wake();
      if constexpr (tells) {
        error_ = std::current_exception();
        s.awaits = nullptr;
        s.pass_to(h.promise());
      } else {
        TROUPE_RETHROW;
      }
    }
    if constexpr (runs_within ||
                  tells)  // it goes on, or has entered a child, which runs in the same turn
      if (s.passes()) return;
    s.suspended();
  }
  Got await_resume()
    requires(!must_be_read<Raw>)
  {
    return resume();
  }
  [[nodiscard("an error is a value here: look at it, or write (void)co_await")]] Got await_resume()
    requires must_be_read<Raw>
  {
    return resume();
  }

 private:
  TROUPE_INLINE Got resume() {
    if constexpr (tells) {
      if (error_) [[unlikely]]
        return Got(std::unexpected(fail_of(error_)));
      return detail::as_reply<Got>([&] { return awaiter_.await_resume(); });
    } else {
      return awaiter_.await_resume();
    }
  }
  awaiter_in_task_of<A> awaiter_;
  [[no_unique_address]] std::conditional_t<tells, std::exception_ptr, NoError> error_;
};

}  // namespace troupe::detail
