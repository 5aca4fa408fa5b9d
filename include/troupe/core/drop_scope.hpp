// core/drop_scope.hpp: why the Rets that die here and now are dropped. (internal)
#pragma once
#include <troupe/core/actor_fail.hpp>
#include <troupe/core/stop_cause.hpp>
#include <utility>

namespace troupe::detail {

struct BoxHeader;

// Says why the Rets that die on this thread while it lives are dropped. Scopes nest; the innermost
// counts.
struct DropScope {
  explicit DropScope(Why why, const BoxHeader* actor = nullptr,
                     const Error* error = nullptr) noexcept
      : why_(why), actor_(actor), error_(error), before_(std::exchange(innermost, this)) {}
  /// For a reason that somebody was told before, and which outlives this.
  explicit DropScope(const ActorFail& told) noexcept
      : why_(as_told), actor_(nullptr), told_(&told), before_(std::exchange(innermost, this)) {}
  ~DropScope() { innermost = before_; }
  DropScope(const DropScope&) = delete;
  /// The reason that holds here and now.
  static ActorFail reason() noexcept;
  static Why why_or(Why otherwise) noexcept { return innermost ? innermost->why() : otherwise; }
  static bool any() noexcept { return innermost; }

 private:
  static constexpr Why as_told = static_cast<Why>(254);
  Why why() const noexcept { return why_ == as_told ? told_->why() : why_; }
  static inline constinit thread_local const DropScope* innermost = nullptr;
  Why why_;
  const BoxHeader* actor_;
  union {
    const Error* error_;
    const ActorFail* told_;
  };
  const DropScope* before_;
};

// Why what dies in the turn of an actor that has said stop() or fail() is dropped.
ActorFail fail_of_stopping(const BoxHeader& stopping_actor, const StopCause& cause) noexcept;

}  // namespace troupe::detail
