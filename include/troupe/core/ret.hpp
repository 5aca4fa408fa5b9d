// core/ret.hpp: `Ret<T...>`: where one answer goes. Answered exactly once, on every path.
//
// A Ret is the other end of a future: whoever holds it owes an answer, and dropping it is an answer
// too, which tells the receiver why nothing came. It is 32 bytes: what answers, for whom, and up to
// 16 bytes of bound arguments held as bytes (as two integers, GCC 12 at -O3 loses a store to
// aliasing), so it needs no heap and moves word by word.
#pragma once
#include <cstring>
#include <troupe/base/panic.hpp>
#include <troupe/base/storable.hpp>
#include <troupe/base/time.hpp>
#include <troupe/base/type_name.hpp>
#include <troupe/core/actor_fail.hpp>
#include <troupe/core/box.hpp>
#include <troupe/core/drop_scope.hpp>
#include <troupe/core/ledger.hpp>
#include <troupe/core/put_off.hpp>
#include <troupe/core/ret_timeout.hpp>
#include <troupe/core/words.hpp>

namespace troupe {

template <class... T> class Ret;

namespace detail {
// The actor that asked, or null: counted by the Ret.
template <class... T> Box* asker_of(const Ret<T...>& ret) noexcept;
TROUPE_COLD [[noreturn]] void answered_twice(std::string_view type) noexcept;

}  // namespace detail

/// Answers to a caller who did not ask: nothing happens. Converts to any `Ret`. Costs nothing.
struct RetNop {
  template <class... T> operator Ret<T...>() const noexcept;
};
inline constexpr RetNop ret_nop{};

/// Takes one answer of `T...` to where it is wanted: `ret(value)`. Made by `ret_to`, `ret_do` and
/// their kin. Move-only; must be used, and a destroyed one tells its receiver an `ActorFail`. Stays
/// on its runtime's thread. May be answered and dropped anywhere there, in destructors too. The
/// `T`s are `Keepable`: the answer outlives the turn that gives it.
template <class... T>
class [[nodiscard("a Ret that is dropped tells its receiver a failure")]] TROUPE_CONSUMABLE(
    unconsumed) Ret {
 public:
  using troupe_of_one_runtime = void;
  using troupe_relocatable = void;
  using troupe_carries = detail::FieldTypes<T...>;
  // One of value and why is null. `why` may be a WantedQuery, which leaves `to` and `bound` as they
  // are.
  using Fn = void (*)(detail::Box* to, detail::Words bound, const ActorFail* why, T*... value);

  TROUPE_RETURN_TYPESTATE(unconsumed)
  Ret(Fn fn, detail::Box* to, detail::Words bound, std::string_view site) noexcept
      : fn_(fn), to_(to), bound_(bound) {
    if constexpr (Ledger::enabled) detail::ledger_made(site_of(fn), site, whose(fn, to, bound));
  }
  /// An empty one, as one that was answered: for a member that is filled later. Explicit, so that
  /// an aggregate does not lose its Ret where an initializer is left out.
  TROUPE_RETURN_TYPESTATE(consumed)
  explicit Ret() noexcept : Ret(nullptr) {}
  /// Makes an empty one, too.
  TROUPE_RETURN_TYPESTATE(consumed)
  Ret(std::nullptr_t) noexcept : fn_(nullptr), to_(nullptr) {}
  Ret(const Ret&) = delete;  // an answer is given once: std::move it
  TROUPE_RETURN_TYPESTATE(unconsumed)
  Ret(Ret&& other) noexcept
      : fn_(std::exchange(other.fn_, nullptr)), to_(other.to_), bound_(other.bound_) {}
  TROUPE_RETURN_TYPESTATE(unconsumed)
  TROUPE_SET_TYPESTATE(unconsumed) Ret& operator=(Ret&& other) noexcept {
    Ret old(std::move(*this));
    fn_ = std::exchange(other.fn_, nullptr);
    to_ = other.to_;
    bound_ = other.bound_;
    return *this;
  }
  Ret& operator=(const Ret&) = delete;  // an answer is given once: std::move it
  /// Empties it: what it still owed is dropped, and its receiver hears so. `std::exchange(ret,
  /// nullptr)` takes it out.
  TROUPE_RETURN_TYPESTATE(consumed)
  TROUPE_SET_TYPESTATE(consumed) Ret& operator=(std::nullptr_t) noexcept {
    const Ret dies_here(std::move(*this));
    return *this;
  }
  TROUPE_INLINE ~Ret() {
    if (fn_) [[unlikely]]
      drop();
  }

  /// Answers. The receiver's handler is queued, or its function runs here (`ret_do`). A second
  /// answer, or one through a Ret that was moved from, ends the process with its type. If moving
  /// the value throws, the receiver gets `Why::failed` with that exception, and the code that
  /// answers gets no exception. (What throws while the value is made is thrown here, before the Ret
  /// is used.)
  TROUPE_INLINE TROUPE_CALLABLE_WHEN("unconsumed", "unknown")
      TROUPE_SET_TYPESTATE(consumed) void operator()(T... value)
    requires Keepable<T...>
  {
    Fn fn = std::exchange(fn_, nullptr);
    if (!fn) [[unlikely]]
      detail::answered_twice(type_name<Ret>);
    book_answer(fn, to_, bound_);
    fn(to_, bound_, nullptr, std::addressof(value)...);
  }
  /// Answers with a failure, as if the Ret were dropped for that reason.
  TROUPE_CALLABLE_WHEN("unconsumed", "unknown")
  TROUPE_SET_TYPESTATE(consumed)
  void fail(const ActorFail& why) {
    Fn fn = std::exchange(fn_, nullptr);
    if (!fn) [[unlikely]]
      detail::answered_twice(type_name<Ret>);
    book_answer(fn, to_, bound_);
    fn(to_, bound_, &why, static_cast<T*>(nullptr)...);
  }
  /// Whether it still owes an answer: false for an empty one.
  explicit operator bool() const noexcept TROUPE_TSA(test_typestate(unconsumed)) {
    return fn_ != nullptr;
  }
  /// Whether somebody still waits: false once the asking actor or task has gone, and for a used
  /// Ret. A handler with much work before its answer may ask.
  bool is_wanted() const noexcept {
    if (!fn_ || fn_ == &nop) return false;
    if (to_) return !to_->has_ended();
    detail::WantedQuery query;
    fn_(nullptr, bound_, &query, static_cast<T*>(nullptr)...);
    return query.wanted;
  }
  /// Gives a Ret with a limit in time: if no answer came `limit` after now, the receiver hears
  /// `Why::timed_out`, and a later answer goes nowhere. Uses this Ret up; one that was used up
  /// before ends the process with its type. Takes a cell of the pool and a timer.
  /// @param limit from `core.now()`
  /// @throws std::bad_alloc when there is no memory; the receiver hears `no_memory` then
  TROUPE_SET_TYPESTATE(consumed)
  Ret with_timeout(Core& core, AnyDuration limit) {
    if (!fn_) [[unlikely]]
      detail::answered_twice(type_name<Ret>);
    return detail::answered_within(core, limit, *this);
  }

  // For what hands an answer on: answers with values that stay where they are.
  TROUPE_CALLABLE_WHEN("unconsumed", "unknown")
  TROUPE_SET_TYPESTATE(consumed) void answer_with(T*... value) {
    Fn fn = std::exchange(fn_, nullptr);
    book_answer(fn, to_, bound_);
    fn(to_, bound_, nullptr, value...);
  }
  // For tasks: whether somebody would hear of a failure.
  TROUPE_COLD bool tells_failure() const noexcept {
    if (!fn_ || fn_ == &nop || (to_ && to_->has_ended())) return false;
    detail::WantedQuery query;
    fn_(to_, bound_, &query, static_cast<T*>(nullptr)...);
    return query.wanted && query.tells_failure;
  }
  // For answers of other runtimes: whether an answer runs a function at once.
  TROUPE_COLD bool runs_in_place() const noexcept {
    if (!fn_ || to_ || fn_ == &nop) return false;
    const detail::WantedQuery query;
    fn_(nullptr, bound_, &query, static_cast<T*>(nullptr)...);
    return query.runs_in_place;
  }
  // For makers of actors: whether this is `ret_nop`, which is emptied then.
  bool take_nop() noexcept {
    if (fn_ != &nop) return false;
    fn_ = nullptr;
    return true;
  }
  static void nop(detail::Box*, detail::Words, const ActorFail*, T*...) {}
  // For listings: the function that made it, by which the books know it.
  const void* site() const noexcept { return site_of(fn_); }

 private:
  friend struct RetNop;
  friend detail::Box* detail::asker_of<T...>(const Ret& ret) noexcept;
  explicit Ret(Fn fn) noexcept : fn_(fn), to_(nullptr), bound_{} {}
  static const void* site_of(Fn fn) noexcept { return reinterpret_cast<const void*>(fn); }
  static const detail::Kernel* whose(Fn fn, detail::Box* to, detail::Words bound) noexcept {
    if (to) return &to->kernel();
    const detail::WantedQuery query(true);
    fn(nullptr, bound, &query, static_cast<T*>(nullptr)...);
    return query.whose ? &detail::kernel_of(*query.whose) : nullptr;
  }
  TROUPE_INLINE static void book_answer(Fn fn, detail::Box* to, detail::Words bound) noexcept {
    if constexpr (Ledger::enabled)
      if (fn != &nop) detail::ledger_answered(site_of(fn), whose(fn, to, bound));
  }
  [[gnu::noinline]] void drop() noexcept {
    Fn fn = std::exchange(fn_, nullptr);
    if (fn == &nop) return;
    const detail::PutOff ret{nullptr, &fail_late, reinterpret_cast<void (*)()>(fn), to_, bound_};
    if (!detail::put_off(ret)) fail_late(ret, detail::DropScope::reason());
  }
  static void fail_late(const detail::PutOff& ret, const ActorFail& why) {
    const Fn fn = reinterpret_cast<Fn>(ret.fn);
    book_answer(fn, ret.to, ret.bound);
    fn(ret.to, ret.bound, &why, static_cast<T*>(nullptr)...);
  }
  Fn fn_;
  detail::Box* to_;  // counted; null where no actor is asking
  detail::Words bound_;
};
static_assert(sizeof(Ret<std::uint64_t>) == 32);

namespace detail {
template <class... T> Box* asker_of(const Ret<T...>& ret) noexcept { return ret.to_; }
}  // namespace detail

template <class... T> RetNop::operator Ret<T...>() const noexcept {
  return Ret<T...>(&Ret<T...>::nop);
}

}  // namespace troupe
