// core/deferrer.hpp: a handle for code that has no context and still must defer.
#pragma once
#include <concepts>
#include <troupe/base/panic.hpp>
#include <troupe/core/deferred.hpp>
#include <troupe/core/good_function.hpp>
#include <troupe/core/kernel.hpp>

namespace troupe {

/// Defers functions to the queue of a runtime, from destructors and callbacks of other libraries,
/// on the runtime's thread. 8 bytes, copyable. May outlive the runtime: functions that are deferred
/// then are destroyed unrun.
class Deferrer {
 public:
  using troupe_of_one_runtime = void;
  /// For the runtime of a context: a `Runtime`, a `Core`, a `Cx` or a `Prep`. `core.deferrer()`
  /// makes an equal one.
  template <class Context, std::same_as<Core> C = Core>  // a C, since Core is not complete here
    requires std::convertible_to<Context&, C&>
  explicit Deferrer(Context& context) noexcept : Deferrer(static_cast<C&>(context).deferrer()) {}
  explicit Deferrer(detail::Kernel& kernel) noexcept : kernel_(&kernel) { kernel.retain(); }
  Deferrer(const Deferrer& other) noexcept : kernel_(other.kernel_) {
    if (kernel_) kernel_->retain();
  }
  Deferrer(Deferrer&& other) noexcept : kernel_(std::exchange(other.kernel_, nullptr)) {}
  Deferrer& operator=(Deferrer other) noexcept { return std::swap(kernel_, other.kernel_), *this; }
  ~Deferrer() {
    if (kernel_) kernel_->release();
  }
  using troupe_relocatable = void;

  /// Queues `fn(core, bound...)` or `fn(bound...)` in its runtime, as `troupe::defer` does; after
  /// that runtime has gone they are destroyed. Through a Deferrer that was moved from it ends the
  /// process with a sentence.
  template <class F, class... B>
    requires detail::good_function<F, B...>
  void defer(F fn, B... bound) const {
    if (!kernel_) [[unlikely]]
      panic("a Deferrer that was moved from cannot defer", "Deferrer::defer");
    detail::enqueue_function(kernel_->here().main, std::move(fn), std::move(bound)...);
  }
  template <class F, class... B,
            class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
    requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
  void defer(F&&, B&&...) const = delete;  // see Mistake
  /// Whether the runtime is still there to run anything.
  bool is_alive() const noexcept { return kernel_ && !kernel_->ended; }

 private:
  detail::Kernel* kernel_;
};
static_assert(sizeof(Deferrer) == 8);

}  // namespace troupe
