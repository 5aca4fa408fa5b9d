// core/stop_cause.hpp: `StopCause`: why an actor ended, or why a runtime was asked to shut down.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/core/error.hpp>
#include <utility>

namespace troupe {

class StopCause;
namespace detail {
StopCause with_parked(StopCause cause, std::uint32_t tasks) noexcept;
}

/// Why an actor ended. The first cause wins, and its owner hears of it exactly once.
class StopCause {
 public:
  enum class Kind : std::uint8_t {
    stopped,  ///< it stopped itself
    failed,   ///< it failed itself, or a handler or its constructor threw
    killed,   ///< an owner killed it
    dropped,  ///< its last owner went, or the runtime ended
    lost,     ///< it was in another runtime which has gone
  };
  // Not `using enum`: GCC 12 crashes where a template names one of them.
  static constexpr Kind stopped = Kind::stopped, failed = Kind::failed, killed = Kind::killed,
                        dropped = Kind::dropped, lost = Kind::lost;
  StopCause() noexcept = default;
  StopCause(Kind kind, Error error = {}) noexcept : kind_(kind), error_(std::move(error)) {}
  Kind kind() const noexcept { return kind_; }
  /// What it failed with or was killed with.
  const Error& error() const noexcept { return error_; }
  /// Whether it ended by an error: failed or killed.
  bool has_error() const noexcept { return kind_ == failed || kind_ == killed; }
  /// How many of its tasks were still waiting for foreign code to let go of them when this was
  /// sent; nearly always 0.
  std::uint32_t parked() const noexcept { return parked_; }
  /// For people: the words of to_string(), then the text of the error, as in "Actor failed: no such
  /// order". It begins with "Actor" also where it is the cause of a runtime's shutdown.
  /// @throws std::bad_alloc when there is no memory
  std::string text() const;
  friend bool operator==(const StopCause& cause, Kind kind) noexcept { return cause.kind_ == kind; }

 private:
  friend StopCause detail::with_parked(StopCause cause, std::uint32_t tasks) noexcept;
  Kind kind_ = stopped;
  std::uint32_t parked_ = 0;
  Error error_;
};
namespace detail {
inline StopCause with_parked(StopCause cause, std::uint32_t tasks) noexcept {
  cause.parked_ = tasks;
  return cause;
}
}  // namespace detail

/// The cause as a sentence's beginning: "Actor stopped", "Actor failed", "Actor was killed", "Actor
/// was dropped", "Lost connection to actor". The error's own text is `cause.error().text()`. A
/// literal, so it ends in 0.
std::string_view to_string(StopCause::Kind kind) noexcept;

/// What a failed actor tells the failure hook (`Runtime::set_failure_hook`). Its texts are valid
/// while the hook runs.
struct FailureReport {
  std::uint64_t id;       ///< of the actor
  std::string_view type;  ///< its class
  std::string_view name;  ///< empty if it gave itself none
  const Error& error;
};

}  // namespace troupe
