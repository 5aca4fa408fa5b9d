// thread/sendable_ret.hpp: a Ret that another thread may answer.
//
// The Ret itself stays on its runtime's thread; what travels is the other end of a cell, into which
// the answer is written.
#pragma once
#include <optional>
#include <troupe/core/ret.hpp>
#include <troupe/thread/home_cell.hpp>
#include <troupe/thread/sendable.hpp>
#include <tuple>

namespace troupe {

namespace detail {
template <class... T> struct RetCell final : HomeCell {
  static constexpr std::uint32_t answered = first_free;
  RetCell(Core& core, Ret<T...>&& r) noexcept : HomeCell(core, ops), ret(std::move(r)) {}
  Ret<T...> ret;
  std::optional<std::tuple<T...>> values;  // the holder's, until `answered` is set

 private:
  static RetCell& of(HomeCell& self) noexcept { return static_cast<RetCell&>(self); }
  static constexpr Ops ops{[](HomeCell& self, std::uint32_t bits) {
                             RetCell& cell = of(self);
                             if (bits & answered)
                               std::apply([&](T&... value) { cell.ret(std::move(value)...); },
                                          *cell.values);
                             else
                               cell.ret.fail(ActorFail(Why::lost));
                           },
                           [](HomeCell& self) noexcept { of(self).ret = nullptr; },
                           [](HomeCell& self) noexcept { delete &of(self); }};
};
}  // namespace detail

/// A `Ret<T...>` for any thread: `ret(value)` answers it, once; a destroyed one answers with
/// `Why::lost`. An answer that may fail has a type that says so, as `std::expected<T, E>`. The
/// answer reaches the receiver on its runtime's thread, in the next turn. An
/// answer for a runtime that has ended goes nowhere: the Ret has then heard `Why::ended`. Made by
/// sendable(). Move-only, 8 bytes. Thread: any; used by one at a time. An answer takes no memory.
template <class... T> class [[nodiscard("a dropped one answers with Why::lost")]] SendableRet {
 public:
  /// An empty one, as one that was answered.
  SendableRet() noexcept = default;
  explicit SendableRet(detail::RetCell<T...>* cell) noexcept : cell_(cell) {}
  /// Answers. Any thread. A second answer, or one by an empty one, ends the process.
  void operator()(T... value) {
    if (!cell_) [[unlikely]]
      detail::answered_twice(type_name<SendableRet>);
    cell_->values.emplace(std::move(value)...);
    cell_.release()->leave(detail::RetCell<T...>::answered);
  }
  /// Whether it still owes an answer.
  explicit operator bool() const noexcept { return bool(cell_); }

 private:
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
