// task/wake.hpp: who waits: a task of ours, or any coroutine at all.
//
// An awaiter of ours keeps one word. For a task it names the strand, whose resumption is a record of the queue. For a
// coroutine of a foreign type it names a `HandleWaiter` inside the awaiter, which queues the resumption of the handle
// and takes it back if it dies first.
#pragma once
#include <exception>
#include <expected>
#include <string_view>
#include <troupe/base/borrow.hpp>
#include <troupe/base/panic.hpp>
#include <troupe/base/storable.hpp>
#include <troupe/base/type_name.hpp>
#include <troupe/task/origin.hpp>
#include <troupe/task/strand.hpp>

namespace troupe {

namespace detail {
// Awaiters may be moved until they are awaited.
inline void expect_not_awaited(bool was_awaited, std::string_view what) noexcept {
  if (was_awaited) [[unlikely]]
    panic("an awaiter was moved after it had been awaited", what);
}

class HandleWaiter {
 public:
  HandleWaiter() noexcept = default;
  HandleWaiter(HandleWaiter&& other) noexcept {
    expect_not_awaited(bool(other.handle_), "in a coroutine of a foreign type");
  }
  ~HandleWaiter() {
    if (known_) forget();
  }
  void set(std::coroutine_handle<> handle) noexcept {
    expect_no_borrow("co_await in a coroutine of a foreign type");
    handle_ = handle;
    take_back();
  }
  bool has_fired() const noexcept { return known_ && !waits(); }
  void take_back() noexcept {
    forget();
    wait();
  }
  void resume();  // here and now, in an item of the queue; what it throws passes through
  // Queues the resumption on `core`. While that ends, it is resumed to be told so, if a task is parked: it may be what
  // the task waits for. So is one that was not fired at all: nothing of ours fires it any more, and its awaiter finds
  // that it resumes without what it awaited. Later than that nothing is resumed.
  void fire(Core& core) noexcept;
  static void resume_lost(Core& core, bool resume) noexcept;

 private:
  friend struct ForeignWait;
  struct Record {
    RecordStep step;
    HandleWaiter* waiter;
    static std::byte* run(Core* core, std::byte* at);
  };
  struct Lost {  // a cell of the pool, where the queue is closed
    Lost* next;
    Record record;
  };
  void wait() noexcept;    // is known to the core from here on
  void forget() noexcept;  // neither waits nor resumes
  void lose_at_the_end(Core& core) noexcept;
  void resume_at_the_end(Core& core) noexcept;
  bool waits() const noexcept { return known_ & 1u; }
  void set_record(Record* r) noexcept { known_ = reinterpret_cast<std::uintptr_t>(r); }
  std::coroutine_handle<> handle_;
  std::uintptr_t known_ = 0;  // a ForeignWait, plus 1, while it waits; a Record once it was fired
};
}  // namespace detail

/// A handle, for one use, to the coroutine that is suspended in an awaiter: fire() or lose() is called once at most. 8
/// bytes; empty by default.
class Wake {
 public:
  Wake() noexcept = default;
  /// @param drops whether a loss drops the task (Mode::drop) instead of resuming it
  Wake(detail::Strand& strand, bool drops) noexcept  // aligned, and added: the compiler then sees through strand()
      : word_(reinterpret_cast<std::uintptr_t>(__builtin_assume_aligned(&strand, alignof(void*))) + (drops ? 2u : 0u)) {
  }
  explicit Wake(detail::HandleWaiter& waiter) noexcept : word_(reinterpret_cast<std::uintptr_t>(&waiter) | 1u) {}
  explicit operator bool() const noexcept { return word_ != 0; }
  /// The task of ours that waits, or null.
  detail::Strand* strand() const noexcept {
    return word_ & 1u ? nullptr : reinterpret_cast<detail::Strand*>(word_ & ~std::uintptr_t{3});
  }
  /// Whether the resumption is queued.
  bool has_fired() const noexcept { return strand() ? strand()->has_fired() : waiter()->has_fired(); }
  /// Takes the resumption back: it waits on. One that was to be resumed for the last time goes.
  void take_back() const noexcept {
    if (detail::Strand* s = strand())
      s->take_back();
    else
      waiter()->take_back();
  }
  /// Resumes the coroutine of a foreign type that waits, here and now. What it throws passes through.
  void resume_coroutine() const { waiter()->resume(); }
  /// Queues the resumption.
  TROUPE_INLINE void fire(Core& core) const noexcept {
    if (!(word_ & 1u)) [[likely]]
      strand()->wake();
    else
      waiter()->fire(core);
  }
  /// Says that nothing will come: drops the task, or resumes it to be told. `why` lives as long as the awaiter.
  void lose(Core& core, const ActorFail& why) const noexcept {
    if ((word_ & 3u) == 2)
      strand()->lose(why);
    else
      fire(core);
  }

 private:
  detail::HandleWaiter* waiter() const noexcept {
    return reinterpret_cast<detail::HandleWaiter*>(word_ & ~std::uintptr_t{3});
  }
  std::uintptr_t word_ = 0;
};

/// What becomes of a reply that does not come.
enum class Mode : std::uint8_t {
  drop,   ///< the task ends at that co_await, and its own Ret hears the failure
  reply,  ///< the co_await gives std::expected<T, ActorFail>
  value,  ///< the co_await throws ActorFailed
};

namespace detail {
// Mode drop comes here only in a coroutine of a foreign type.
template <Mode M> [[noreturn]] TROUPE_COLD void throw_failed([[maybe_unused]] const ActorFail& why) {
  if constexpr (M == Mode::drop)
    TROUPE_THROW(LossInForeign::thrown(why));
  else
    TROUPE_THROW(ActorFailed(why));
}

// The awaiter of x as the language finds it. Called qualified: argument-dependent lookup would find other libraries'.
template <class A> decltype(auto) get_awaiter(A&& a) {
  if constexpr (requires { std::forward<A>(a).operator co_await(); })
    return std::forward<A>(a).operator co_await();
  else if constexpr (requires { operator co_await(std::forward<A>(a)); })
    return operator co_await(std::forward<A>(a));
  else
    return std::forward<A>(a);
}
template <class A> using awaiter_of = decltype(detail::get_awaiter(std::declval<A>()));
template <class A>
concept own_awaitable = requires(awaiter_of<A> a, Wake w) {
  a.wait(w);
  std::remove_reference_t<awaiter_of<A>>::mode;
};

// What is awaited, if it is made there, and its awaiter lie in the frame, which is aligned to 16 bytes.
template <class T> inline constexpr bool lies_well_in_a_frame = aligned_to_at_most_16<T>;
template <class T> inline constexpr bool lies_well_in_a_frame<T&> = true;
template <class T> inline constexpr bool lies_well_in_a_frame<T&&> = true;
template <class A>
concept awaited_within_its_alignment = lies_well_in_a_frame<A> && lies_well_in_a_frame<awaiter_of<A>>;

// An aggregate that is made in an expression that awaits: GCC 12 destroys it twice.
template <class X>
concept dies_twice = bool(TROUPE_GCC_12) && !std::is_lvalue_reference_v<X> && std::is_class_v<X> &&
                     std::is_aggregate_v<X> && !std::is_trivially_destructible_v<X>;
// The same of an awaitable. One with a base class is let through: it is made as `Awaitable()`, which does no harm.
template <class A>
concept awaitable_dies_twice = dies_twice<A> && !std::is_same_v<fields_of<A>, NotApart>;
// Of forwarded arguments: none is of such a class; some are and all of these have a name, so they are copied; some are
// made, or moved, beside the await.
template <class... X>
concept none_dies_twice = !(dies_twice<std::decay_t<X>> || ...);
template <class... X>
concept named_first = !none_dies_twice<X...> && !(dies_twice<X> || ...);
template <class... X>
concept made_beside = (dies_twice<X> || ...);

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
// How an awaiter of ours is reported: `what` it is, and whether it is `armed`, which is known where it can say so.
template <class A> constexpr AwaitInfo describe_awaiter() noexcept {
  AwaitInfo info{type_name<A>, {}, nullptr};
  if constexpr (requires { A::what; }) info.what = A::what;
  if constexpr (requires { A::whom; }) info.whom = A::whom;
  if constexpr (requires { A::limited; }) info.limited = A::limited;
  if constexpr (requires(const A& a, std::vector<std::uint64_t>& ids) { a.children(ids); })
    info.children = [](const void* a, std::vector<std::uint64_t>& ids) { static_cast<const A*>(a)->children(ids); };
  if constexpr (requires(const A& a) { a.armed(); })
    info.armed = [](const void* a) noexcept -> bool { return static_cast<const A*>(a)->armed(); };
  if constexpr (requires(const A& a) { a.request_stop(); })
    info.stop = [](const void* a) noexcept { static_cast<const A*>(a)->request_stop(); };
  if constexpr (requires(const A& a) { a.turns_ahead(Look::asks, 1); }) info.turns_ahead = &turns_ahead_of<A>;
  return info;
}
template <class A> inline constexpr AwaitInfo await_info = describe_awaiter<A>();

struct NoError {};

// An awaiter of ours in a task of ours: no handle, no synthetic frame. Under Mode::reply whatever is thrown is a value,
// too.
template <class A> class OwnAwait {
  using Raw = std::remove_cvref_t<awaiter_of<A>>;
  static constexpr bool runs_within = requires { Raw::runs_within; };
  using Got = decltype(std::declval<std::remove_reference_t<awaiter_of<A>>&>().await_resume());
  static constexpr bool tells = Raw::mode == Mode::reply && std::is_constructible_v<Got, std::unexpected<ActorFail>>;

 public:
  explicit OwnAwait(A&& a) : awaiter_(detail::get_awaiter(std::forward<A>(a))) {}
  OwnAwait(const OwnAwait&) = delete;
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) { return awaiter_.await_ready(); }
  template <class P> void await_suspend(std::coroutine_handle<P> h) {
    Strand& s = *h.promise().strand;
    if (s.is.dropped && (!runs_within || s.is_cut())) return;
    s.awaits = &await_info<Raw>;
    s.awaiter = std::addressof(awaiter_);
    if constexpr (noexcept(awaiter_.wait(Wake(s, true)))) {  // so it runs no code of the user: the task is still whole
      s.suspended();
      return awaiter_.wait(Wake(s, Raw::mode == Mode::drop));
    }
    TROUPE_TRY { awaiter_.wait(Wake(s, Raw::mode == Mode::drop)); }
    TROUPE_CATCH_ALL {  // it may have woken, or lost, before it threw
      s.unwake();
      if constexpr (tells) {
        error_ = std::current_exception();
        s.awaits = nullptr;
        s.next = h;
      } else {
        TROUPE_RETHROW;
      }
    }
    if constexpr (runs_within || tells)  // it goes on, or has entered a child, which runs in the same turn
      if (s.next) return;
    s.suspended();
  }
  Got await_resume() {
    if constexpr (tells) {
      if (error_) [[unlikely]]
        return Got(std::unexpected(fail_of(error_)));
      TROUPE_TRY { return awaiter_.await_resume(); }
      TROUPE_CATCH_ALL { return Got(std::unexpected(fail_of(std::current_exception()))); }
    } else {
      return awaiter_.await_resume();
    }
  }

 private:
  awaiter_of<A> awaiter_;
  [[no_unique_address]] std::conditional_t<tells, std::exception_ptr, NoError> error_;
};

}  // namespace detail

}  // namespace troupe
