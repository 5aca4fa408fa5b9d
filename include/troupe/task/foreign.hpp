// task/foreign.hpp: awaiting what other libraries made: the synthetic frame.
//
// A foreign awaiter gets the handle of a frame that only wakes our task (foreign_frame.hpp). So
// foreign code can never run ours on the wrong thread, in the middle of a handler, or twice.
#pragma once
#include <troupe/task/foreign_frame.hpp>
#include <troupe/task/own_await.hpp>

namespace troupe {

/// Whether an awaiter of type `A` may be destroyed while a coroutine is suspended in it, because
/// its destructor forgets the coroutine's handle. Specialise it to true for such a type of yours.
/// With any other type a task that is dropped is parked until the awaiter resumes or destroys the
/// handle.
template <class A> inline constexpr bool enable_destroy_while_suspended = false;
template <> inline constexpr bool enable_destroy_while_suspended<std::suspend_always> = true;

namespace detail {
template <class A>
  requires(
      requires(A& a) { a.await_resume(); } || requires(A& a) { std::move(a).await_resume(); })
decltype(auto) resume_result(A& a) {
  if constexpr (requires { a.await_resume(); })
    return a.await_resume();
  else
    return std::move(a).await_resume();
}
// It asks its coroutine for the executor of its own library, which ours has not: resumed all the
// same, it would use none.
template <class A>
concept wants_an_executor = requires(awaiter_of<A> a) { a.await_set_executor(nullptr); };
// What C++ can await, and is not ours.
template <class A>
concept foreign_awaitable =
    !wants_an_executor<A> && requires(awaiter_of<A> a, std::coroutine_handle<Seen> h) {
      a.await_ready();
      a.await_suspend(h);
      detail::resume_result(a);
    };
template <class A>
concept awaited_elsewhere = requires(awaiter_of<A> a) { a.await_ready(); };
void withdraw(ForeignPromise& p) noexcept;  // its await_suspend threw, and it had fired

template <class A, Mode M> class ForeignAwait {
  using Awaiter = awaiter_of<A>;
  using Raw = std::remove_reference_t<Awaiter>;
  using Got = decltype(detail::resume_result(std::declval<Raw&>()));
  using Result = std::conditional_t<std::is_void_v<Got>, Reply<>,
                                    std::expected<std::remove_cvref_t<Got>, ActorFail>>;

 public:
  ForeignAwait(A&& a, Strand* s)
      : frame_(*s, ops, M != Mode::drop), awaiter_(detail::get_awaiter(std::forward<A>(a))) {
    frame_.promise().awaiter =
        const_cast<void*>(static_cast<const void*>(std::addressof(awaiter_)));
  }
  ForeignAwait(const ForeignAwait&) = delete;

  bool await_ready() TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    if constexpr (M == Mode::reply) {
      TROUPE_TRY { return awaiter_.await_ready(); }
      TROUPE_CATCH_ALL {
        error_ = std::current_exception();
        return true;
      }
    } else {
      return awaiter_.await_ready();
    }
  }
  bool await_suspend(std::coroutine_handle<>) {
    ForeignPromise& p = frame_.promise();
    Strand& s = *p.strand;
    if (s.is.dropped) return true;  // it dropped itself: do not start
    s.is.foreign = true;
    s.awaits = &info;
    s.awaiter = static_cast<ForeignState*>(&p);
    auto h = frame_.handle();
    TROUPE_TRY {
      using R = decltype(awaiter_.await_suspend(h));
      if constexpr (std::is_void_v<R>) {
        awaiter_.await_suspend(h);
        return s.suspended();
      } else if constexpr (std::is_same_v<R, bool>) {
        if (awaiter_.await_suspend(h)) return s.suspended();
      } else if (std::coroutine_handle<> to = awaiter_.await_suspend(h);
                 to.address() != h.address()) {
        p.takes_over = to;
        return true;
      }
    }
    TROUPE_CATCH_ALL {
      if (!p.close()) withdraw(p);
      s.is.foreign = false;
      if constexpr (M == Mode::reply)
        return error_ = std::current_exception(), false;
      else
        TROUPE_RETHROW;
    }
    if (!p.close()) return s.suspended();  // resumed inside, and asked to go on: once is enough
    s.is.foreign = false;
    return false;
  }
  decltype(auto) await_resume() {
    ForeignPromise& p = frame_.promise();
    p.strand->is.foreign = false;
    if constexpr (M == Mode::reply)
      if (error_)  // says more than that it let go of its handle
        return threw_in<M, Result>(error_);
    const bool came =
        M == Mode::drop || p.fired.load(std::memory_order_relaxed) != ForeignPromise::lost;
    return detail::result_in<M, Result>(
        came, [&]() -> decltype(auto) { return detail::resume_result(awaiter_); },
        [] { return ActorFail(Why::lost); });
  }

 private:
  static constexpr AwaitInfo info{type_name<Raw>, {}, nullptr};
  static constexpr ForeignPromise::Ops ops{
      [](ForeignState& p) noexcept -> bool {
        if constexpr (requires(Raw& a) { a.await_cancel(std::coroutine_handle<>{}); }) {
          auto& a = *static_cast<Raw*>(p.awaiter);
          const auto h = detail::handle_of(static_cast<ForeignPromise&>(p));
          using R = decltype(a.await_cancel(h));
          if constexpr (std::is_void_v<R>)
            return a.await_cancel(h), false;
          else
            return static_cast<bool>(a.await_cancel(h));
        } else {
          return enable_destroy_while_suspended<std::remove_cv_t<Raw>>;
        }
      },
      [](void* p) noexcept {
        TROUPE_TRY { (void)detail::resume_result(*static_cast<Raw*>(p)); }
        TROUPE_CATCH_ALL {}
      }};
  LentFrame frame_;  // outlives the awaiter, whose destructor may fire it
  Awaiter awaiter_;
  [[no_unique_address]] std::conditional_t<M == Mode::reply, std::exception_ptr, NoError>
      error_;  // under Mode::reply it is a value
};
}  // namespace detail

/// How many times in this process a foreign awaiter resumed or destroyed its handle a second time:
/// a defect of that library, which is caught and ignored while the awaiter lives; in debug builds
/// also later, as long as no more than `detail::quarantined_frames` further foreign awaits have
/// ended.
std::uint64_t foreign_misuses() noexcept;

}  // namespace troupe
