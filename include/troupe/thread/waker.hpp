// thread/waker.hpp: `Waker`: how any thread tells a runtime that there is something to do.
//
// It carries nothing but the fact. What is to be done lies elsewhere, in memory that the two
// threads share: publish there first, then wake. Whatever needs values takes a channel.
#pragma once
#include <troupe/core/fwd.hpp>
#include <troupe/thread/home_cell.hpp>
#include <troupe/thread/sendable.hpp>

namespace troupe {

/// What a Waker's receiver hears.
enum class WakerNotice : std::uint8_t {
  woken,  ///< it was woken, once or more often, since the notice before
  gone,   ///< the Waker was destroyed: the last notice
};

namespace detail {
struct WakerCell final : HomeCell {
  static constexpr std::uint32_t woken = first_free;
  WakerCell(Core& core, Fwd<WakerNotice> f) noexcept : HomeCell(core, ops), fwd(std::move(f)) {}
  Fwd<WakerNotice> fwd;

 private:
  static const Ops ops;
};
}  // namespace detail

/// Wakes a runtime from any thread: its receiver hears `WakerNotice::woken` on the runtime's own
/// thread, in the next turn. Idempotent until handled: any number of wakes before the receiver
/// hears of them are one notice, and no wake is lost: whatever was published before wake() is
/// visible to the receiver's next notice. A notice may come though the receiver has already seen
/// what it is for. When the Waker is destroyed the receiver hears `WakerNotice::gone`, once, behind
/// all wakes. A Waker may outlive its runtime, and does nothing then.
///
/// Thread: made on the runtime's thread; wake() may be called by several threads at once; moved and
/// destroyed by one. Cost: one heap block; a wake of what is already woken is one atomic
/// read-modify-write, the first one is three more and the host's waker.
class Waker {
 public:
  /// Wakes nobody.
  Waker() noexcept = default;
  /// @param fwd hears the notices
  /// @throws std::bad_alloc when there is no memory
  Waker(Core& core, Fwd<WakerNotice> fwd) : cell_(new detail::WakerCell(core, std::move(fwd))) {}
  template <class Mistake = detail::a_Waker_tells_a_function_or_method_that_takes_a_WakerNotice,
            class... U>
    requires(!std::is_same_v<Fwd<U...>, Fwd<WakerNotice>>)
  Waker(Core&, Fwd<U...>) = delete;  // see Mistake
  /// Wakes. Any thread. Does not block, takes no memory.
  void wake() const noexcept {
    if (cell_) cell_->set(detail::WakerCell::woken);
  }
  /// Whether it is one that wakes somebody: not an empty one.
  explicit operator bool() const noexcept { return bool(cell_); }

 private:
  detail::AwayEnd<detail::WakerCell> cell_;
};

}  // namespace troupe
