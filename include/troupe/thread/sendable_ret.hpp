// thread/sendable_ret.hpp: a Ret that another thread may answer.
//
// The Ret itself stays on its runtime's thread; what travels is the other end of a cell, into which
// the answer is written.
#pragma once
#include <expected>
#include <troupe/core/ret.hpp>
#include <troupe/core/wanted_query.hpp>
#include <troupe/thread/home_cell.hpp>
#include <troupe/thread/sendable.hpp>
#include <tuple>

namespace troupe {

namespace detail {
template <class... T> struct RetCell final : HomeCell {
  static constexpr std::uint32_t asked = first_free;  // whether the answer is still wanted
  RetCell(Core& core, Ret<T...>&& r) noexcept : HomeCell(core, ops), ret(std::move(r)) {}
  Ret<T...> ret;
  std::expected<std::tuple<T...>, ActorFail> answer{std::unexpect, Why::lost};  // the holder's
  std::atomic<bool> unwanted{false};  // as the home thread saw when it was last asked

 private:
  static RetCell& of(HomeCell& self) noexcept { return static_cast<RetCell&>(self); }
  static constexpr Ops ops{[](HomeCell& self, std::uint32_t bits) { of(self).news(bits); },
                           [](HomeCell& self) noexcept { of(self).ret = nullptr; },
                           [](HomeCell& self) noexcept { delete &of(self); }};
  void news(std::uint32_t bits) {
    if (!(bits & away_gone)) {
      if (!ret.is_wanted()) unwanted.store(true, std::memory_order_relaxed);
    } else if (answer) {
      std::apply([this](T&... value) { ret(std::move(value)...); }, *answer);
    } else {
      ret.fail(answer.error());
    }
  }
};
}  // namespace detail

/// A `Ret<T...>` for any thread: `ret(value)` answers it, once; a destroyed one answers with
/// `Why::lost`. The answer reaches the receiver on its runtime's thread, in the next turn. An
/// answer for a runtime that has ended goes nowhere: the Ret has then heard `Why::ended`. Made by
/// sendable(). Move-only, 8 bytes. Thread: any; used by one at a time. An answer takes no memory.
template <class... T> class [[nodiscard("a dropped one answers with Why::lost")]] SendableRet {
 public:
  /// An empty one, as one that was answered.
  SendableRet() noexcept = default;
  explicit SendableRet(detail::RetCell<T...>* cell) noexcept : cell_(cell) {}
  /// Answers. Any thread. A second answer, or one by an empty one, ends the process.
  void operator()(T... value) {
    owes()->answer.emplace(std::move(value)...);
    cell_.release()->leave();
  }
  /// Answers with a failure, as `Ret::fail` does: `ret.fail(ActorFail(Why::failed, Error("the disk
  /// is full")))`, or with an exception in the Error. Any thread. After an answer, or by an empty
  /// one, it ends the process.
  void fail(ActorFail why) {
    owes()->answer.error() = std::move(why);
    cell_.release()->leave();
  }
  /// Whether somebody may still wait for the answer: for a thread with much work before it. Only
  /// the runtime's thread knows, so each call asks it anew, and gives what it said to an earlier
  /// one: the first call is true, unless the runtime has ended. What is true may be wrong by now;
  /// false is final, and so for one that was answered or is empty. Thread: the holder's. Cost: a
  /// wake of the runtime (waker.hpp), so ask by the millisecond, not by the item. Does not block.
  bool is_wanted() const noexcept {
    if (!cell_ || cell_->home_has_gone() || cell_->unwanted.load(std::memory_order_relaxed))
      return false;
    cell_->set(detail::RetCell<T...>::asked);
    return true;
  }
  /// A Ret of the runtime of this thread that answers this one, for what takes a Ret: an argument
  /// of a call, to another runtime too. Takes no memory. An empty one gives an empty Ret.
  operator Ret<T...>() && noexcept {
    if (!cell_) return Ret<T...>(nullptr);
    return Ret<T...>(
        [](detail::Box*, detail::Words w, const ActorFail* why, T*... value) {
          if (detail::is_query(why)) return;  // the asker is far
          detail::RetCell<T...>* cell;
          std::memcpy(&cell, w.raw, sizeof(cell));
          SendableRet to(cell);
          if (why)
            to.fail(*why);
          else
            to(std::move(*value)...);
        },
        nullptr, detail::words_of(cell_.release()), "a SendableRet");
  }
  /// Whether it still owes an answer.
  explicit operator bool() const noexcept { return bool(cell_); }

 private:
  detail::RetCell<T...>* owes() const noexcept {
    if (!cell_) [[unlikely]]
      detail::answered_twice(type_name<SendableRet>);
    return cell_.operator->();
  }
  detail::AwayEnd<detail::RetCell<T...>> cell_;
};

/// Makes a Ret fit for any thread. Uses it up.
/// @param core the runtime of the Ret
/// @throws std::bad_alloc when there is no memory; the Ret hears `dropped` then
template <class... T>
  requires(Sendable<T> && ...)
SendableRet<T...> sendable(Core& core, Ret<T...> ret) {
  return SendableRet<T...>(new detail::RetCell<T...>(core, std::move(ret)));
}
template <class... T, class Mistake = detail::SendingMistake<T...>>
  requires(!(Sendable<T> && ...))
detail::Refused sendable(Core&, Ret<T...>) = delete;  // see Mistake

}  // namespace troupe
