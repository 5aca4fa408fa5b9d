// core/due.hpp: what a timer holds, and what it does with it when it comes due. (internal)
#pragma once
#include <troupe/core/core.hpp>
#include <troupe/core/drop_scope.hpp>
#include <troupe/core/record.hpp>
#include <troupe/core/timer_queue.hpp>

namespace troupe::detail {

// How F, a CountedCall or a Deferred, moves from its timer to the queue; false: there is no room.
template <class F> struct DueRecord {
  static bool push(CallQueue& q, F& f) noexcept {
    bool room = true;
    q.push<record_size<F>>([&](void* p) { ::new (p) Record<F>{&Record<F>::run, std::move(f)}; },
                           [&] { room = false; });
    return room;
  }
};
// Queues `f` at once; false: there is no room, and `f` is as it was.
template <class F> bool queue_now(Core& core, F& f) noexcept {
  return DueRecord<F>::push(kernel_here(core).main, f);
}
template <class F> struct Due {
  static constexpr bool inside = sizeof(F) <= TimerCall::room && alignof(F) <= 8;
  static F& of(std::byte* payload) noexcept {
    if constexpr (inside)
      return *std::launder(reinterpret_cast<F*>(payload));
    else
      return **reinterpret_cast<F**>(payload);
  }
  static bool step(Core* core, std::byte* payload) noexcept {
    F& f = of(payload);
    if (core && !queue_now(*core, f)) return false;
    f.~F();
    if constexpr (!inside) Pool::give_back(std::addressof(f), sizeof(F));
    return true;
  }
};
template <class F, class Add> auto add_due(Core& core, F&& f, Add&& add) {
  using D = Due<F>;
  if constexpr (D::inside) {
    return add([&](TimerCall& slot) noexcept {
      slot.step = &D::step;
      ::new (static_cast<void*>(slot.payload)) F(std::move(f));
    });
  } else {
    void* cell = kernel_of(core).pool.take(sizeof(F));
    if (!cell) TROUPE_THROW(std::bad_alloc{});
    TROUPE_TRY {
      return add([&](TimerCall& slot) noexcept {
        slot.step = &D::step;
        auto* held = ::new (cell) F(std::move(f));
        std::memcpy(slot.payload, &held, sizeof(held));
      });
    }
    TROUPE_CATCH_ALL {
      Pool::give_back(cell, sizeof(F));
      TROUPE_RETHROW;
    }
  }
}
// True when nothing can be scheduled any more; `f` is destroyed then, and its Rets hear `ended`.
template <class F> bool is_over(Core& core, F& f) noexcept {
  if (!kernel_of(core).is_ending()) [[likely]]
    return false;
  DropScope why{Why::ended};
  [[maybe_unused]] F dies_here = std::move(f);
  return true;
}
// Throws bad_alloc; `f` is untouched then.
template <class F> FixedTimerKey add_fixed(Core& core, Instant when, F&& f) {
  if (is_over(core, f)) return {};
  return add_due(core, std::move(f), [&](auto&& fill) {
    return kernel_here(core).timers.add_fixed(when, core.now(), fill);
  });
}
template <class F> MaxTimerKey add_max(Core& core, Instant when, F&& f) {
  if (is_over(core, f)) return {};
  return add_due(core, std::move(f), [&](auto&& fill) {
    return kernel_here(core).timers.add_max(when, core.now(), fill);
  });
}
template <class F> MinTimerKey add_min(Core& core, Instant when, F&& f) {
  if (is_over(core, f)) return {};
  return add_due(core, std::move(f), [&](auto&& fill) {
    return kernel_here(core).timers.add_min(when, core.now(), fill);
  });
}

}  // namespace troupe::detail
