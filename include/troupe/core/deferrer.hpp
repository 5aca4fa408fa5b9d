// core/deferrer.hpp: a handle for code that has no context and still must defer.
#pragma once
#include <troupe/core/call.hpp>

namespace troupe {

/// Defers functions to the queue of a runtime, from destructors and callbacks of other libraries, on the runtime's
/// thread. 8 bytes, copyable. May outlive the runtime: functions that are deferred then are destroyed unrun.
class Deferrer {
 public:
  explicit Deferrer(Core& core) noexcept : core_(std::addressof(core)) { detail::Access::keep(core); }
  Deferrer(const Deferrer& other) noexcept : core_(other.core_) {
    if (core_) detail::Access::keep(*core_);
  }
  Deferrer(Deferrer&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  Deferrer& operator=(Deferrer other) noexcept { return std::swap(core_, other.core_), *this; }
  ~Deferrer() {
    if (core_) detail::Access::unkeep(*core_);
  }
  using troupe_relocatable = void;

  /// Queues `fn(core, bound...)` or `fn(bound...)` in its runtime, as `troupe::defer` does; after that runtime has gone
  /// they are destroyed. Through a Deferrer that was moved from it ends the process with a sentence.
  template <class F, class... B>
    requires detail::good_function<F, B...>
  void defer(F fn, B... bound) const {
    if (!core_) [[unlikely]]
      panic("a Deferrer that was moved from cannot defer", "Deferrer::defer");
    troupe::defer(*core_, std::move(fn), std::move(bound)...);
  }
  template <class F, class... B, class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
    requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
  void defer(F&&, B&&...) const = delete;  // see Mistake
  /// Whether the runtime is still there to run anything.
  bool is_alive() const noexcept { return core_ && !detail::Access::ended(*core_); }

 private:
  friend struct detail::Access;
  Core* core_;
};
static_assert(sizeof(Deferrer) == 8);

inline Deferrer Core::deferrer() noexcept { return Deferrer(*this); }

}  // namespace troupe
