// task/sleep.hpp: waiting for time.
#pragma once
#include <troupe/core/timer.hpp>
#include <troupe/task/awaiter.hpp>

namespace troupe {

/// What sleep() and sleep_until() return. Awaited once, in a task of ours or in any coroutine that
/// runs inside a run.
class [[nodiscard("does nothing until it is awaited")]] Sleep
    : public detail::Awaiter<Sleep, Mode::drop> {
 public:
  static constexpr const char* what = "a point in time";
  bool armed() const noexcept { return core_ != nullptr; }
  Sleep(Instant at, Duration wait) noexcept : at_(at), wait_(wait) {}
  Sleep(Sleep&& other) noexcept : Awaiter(std::move(other)), at_(other.at_), wait_(other.wait_) {}
  ~Sleep() {
    if (core_)
      detail::kernel_here(*std::exchange(core_, nullptr))
          .timers.erase(key_);  // no loss: nobody is to be told
  }
  void wait(Wake w);
  void await_resume() const {
    if (lost_) [[unlikely]]
      TROUPE_THROW(ActorFailed(
          ActorFail(Why::ended)));  // a coroutine of a foreign type, at the runtime's end
  }

 private:
  static bool due(Core* core, std::byte* payload) noexcept;
  Instant at_;
  Duration wait_;
  Core* core_ = nullptr;  // while the timer lives
  FixedTimerKey key_;
  bool lost_ = false;
  Wake waiter_;
};

/// `co_await sleep(500ms)`: resumes when that time has passed since the present instant of the
/// runtime, never early. If the task is dropped, the timer is deleted. A number without a unit is
/// refused, also where the `sleep` of POSIX would take it; that is `::sleep`, and blocks the loop.
/// @throws std::bad_alloc when there is no memory for the timer
inline Sleep sleep(AnyDuration wait) noexcept { return Sleep(Instant::min(), wait); }
/// `co_await sleep_until(t)`.
inline Sleep sleep_until(AnyInstant at) noexcept { return Sleep(at, Duration::zero()); }
template <class When, class Mistake = detail::sleep_takes_a_Duration_for_an_Instant_use_sleep_until>
  requires detail::an_instant<When>
detail::Refused sleep(When&&) = delete;  // see Mistake
// Where POSIX is seen, its sleep() would be a better match for a number, and block the loop.
template <class N,
          class Mistake = detail::a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5>
  requires std::is_arithmetic_v<std::remove_cvref_t<N>>
detail::Refused sleep(N&&) = delete;               // see Mistake
detail::Refused sleep(unsigned seconds) = delete;  // a time has a unit: co_await sleep(5s)
template <class When, class Mistake = detail::sleep_until_takes_an_Instant_for_a_Duration_use_sleep>
  requires detail::a_wait<When>
detail::Refused sleep_until(When&&) = delete;  // see Mistake

}  // namespace troupe
