// core/fail.hpp: the words for what did not happen: why a reply did not come, and why an actor ended.
//
// A failure travels as a value. It says what happened, which actor was ending when it did, and carries the exception
// or the text that began it.
#pragma once
#include <cstdint>
#include <exception>
#include <expected>
#include <string>
#include <string_view>
#include <troupe/base/platform.hpp>
#include <tuple>
#include <utility>

namespace troupe {

/// What an actor or a task failed with: a text, an exception, or nothing. A counted, immutable value of 8 bytes that
/// may be copied freely and passed between threads. Making one never throws: where there is no memory for it, it says
/// so in its text.
class Error {
 public:
  Error() noexcept = default;
  /// From a text, which is copied.
  explicit Error(std::string_view text) noexcept;
  /// From an exception; its text is that of `std::exception::what`, or "unknown exception".
  explicit Error(std::exception_ptr exception) noexcept;
  Error(const Error& other) noexcept;
  Error(Error&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Error& operator=(Error other) noexcept { return std::swap(rep_, other.rep_), *this; }
  ~Error() {
    if (rep_) release();
  }
  /// Whether there is an error at all.
  explicit operator bool() const noexcept { return rep_ != nullptr; }
  /// The text; empty when there is no error. Valid as long as this value or a copy of it.
  std::string_view text() const noexcept;
  /// The exception, or null when it began as a text. To tell the types of failures apart, rethrow it.
  std::exception_ptr exception() const noexcept;

 private:
  struct Rep;
  static Rep* no_memory() noexcept;
  void release() noexcept;
  Rep* rep_ = nullptr;
};

// clang-format off
/// Why a reply did not come. Who held its `Ret`, and how that went, decides; (A) names the actor A, e is its error:
///
///   a handler of A (arguments, locals)   returned: dropped; said stop(): dropped (A); said fail(e) or threw e:
///                                        failed (A, e); said either, then threw e: what the exception destroyed, and
///                                        its arguments: failed (A, e), though A ends by what it said first
///   ... under an exception it caught     dropped
///   the state of A                       A stopped, or its last owner went: dropped (A); failed, or killed: failed
///                                        (A, e)
///   a call that A never took             lost (A); held in Prep until A failed or was killed: failed (A, e)
///   a task, and its own Ret              returned: the frame's are dropped; cancelled: cancelled; lost what it awaits:
///                                        that loss, also through a coroutine of a foreign type; threw e: failed (e),
///                                        and where it is a task of A: failed (A, e)
///   a task of A, cut off by A's end      A stopped, or its last owner went: lost (A); it failed, or was killed:
///                                        failed (A, e)
///   a task that foreign code still holds its own Ret at once, the frame's later: as above, by how it was dropped
///   a task spawned too late              its actor, or the runtime, had ended: lost
///   a function (ret_do, fwd_do, notices) told a value: dropped; told a failure: that failure; deferred: dropped
///   who answered                         the value's move threw e on its way: failed (e)
///   a queue                              refused: overloaded, or no_memory
///   any of them, as the runtime ends     ended
///   Ret::with_timeout                    the limit came first: timed_out
// clang-format on
enum class Why : std::uint8_t {
  dropped,     ///< the `Ret` was destroyed unanswered
  failed,      ///< the actor or task that held it failed
  cancelled,   ///< the task that would have answered was cancelled
  lost,        ///< the other side has gone (an ended actor, a runtime, a connection)
  timed_out,   ///< no answer came in time
  overloaded,  ///< the call was refused: the queue is at its bound
  no_memory,   ///< the call or the answer found no memory
  ended,       ///< the runtime was ending
};
/// The reason as a word or two: a literal, so it ends in 0.
std::string_view to_string(Why why) noexcept;

namespace detail {
struct Kind;
struct Access;
struct DropScope;
struct LossInForeign;
}  // namespace detail

/// The failure that a receiver of a reply gets instead of its value.
class ActorFail {
 public:
  ActorFail() noexcept = default;
  explicit ActorFail(Why why, Error error = {}) noexcept : why_(why), error_(std::move(error)) {}
  Why why() const noexcept { return why_; }
  /// What the actor failed with, if it failed.
  const Error& error() const noexcept { return error_; }
  /// The id of the actor that was ending when the reply was dropped; 0 where that is not known.
  std::uint64_t actor() const noexcept { return actor_; }
  /// The type of that actor; empty where it is not known.
  std::string_view actor_type() const noexcept;
  /// For people: "failed in Pricer 3: no such order". May throw bad_alloc.
  std::string text() const;
  friend bool operator==(const ActorFail& a, const ActorFail& b) noexcept { return a.why_ == b.why_; }

 private:
  friend struct detail::Kind;
  friend struct detail::DropScope;
  ActorFail(Why why, Error error, std::uint64_t actor, const detail::Kind* type) noexcept
      : why_(why), actor_(actor), type_(type), error_(std::move(error)) {}
  Why why_ = Why::dropped;
  std::uint64_t actor_ = 0;
  const detail::Kind* type_ = nullptr;
  Error error_;
};

/// What `value_of` throws for a reply that did not come. `what()` is the error's own text where there is one, else the
/// word of the reason.
class ActorFailed : public std::exception {
 public:
  explicit ActorFailed(ActorFail fail) noexcept : fail_(std::move(fail)) {}
  const ActorFail& fail() const noexcept { return fail_; }
  const char* what() const noexcept override;

 private:
  friend struct detail::LossInForeign;
  ActorFail fail_;
  bool ends_task_ = false;
};

namespace detail {
// A coroutine of a foreign type cannot be dropped where it awaits, so a loss is thrown there. Out of a task of ours
// that awaits that coroutine it is a loss again, and no failure of that task.
struct LossInForeign {
  static ActorFailed thrown(ActorFail why) noexcept {
    ActorFailed loss(std::move(why));
    loss.ends_task_ = true;
    return loss;
  }
  static bool is(const ActorFailed& e) noexcept { return e.ends_task_; }
};
// What an exception is as a loss: the failure that an ActorFailed carries, else `failed` with the exception in it.
ActorFail fail_of(const std::exception_ptr& error) noexcept;

template <class... T> struct reply_of {
  using type = std::expected<std::tuple<T...>, ActorFail>;
};
template <class T> struct reply_of<T> {
  using type = std::expected<T, ActorFail>;
};
template <> struct reply_of<> {
  using type = std::expected<void, ActorFail>;
};
}  // namespace detail

/// What the receiver of a `Ret<T...>` gets: the value, a tuple of values, or nothing; or the failure.
template <class... T> using Reply = typename detail::reply_of<T...>::type;

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
  static constexpr Kind stopped = Kind::stopped, failed = Kind::failed, killed = Kind::killed, dropped = Kind::dropped,
                        lost = Kind::lost;
  StopCause() noexcept = default;
  StopCause(Kind kind, Error error = {}) noexcept : kind_(kind), error_(std::move(error)) {}
  Kind kind() const noexcept { return kind_; }
  /// What it failed with or was killed with.
  const Error& error() const noexcept { return error_; }
  /// Whether it ended by an error: failed or killed.
  bool has_error() const noexcept { return kind_ == failed || kind_ == killed; }
  /// How many of its tasks were still waiting for foreign code to let go of them when this was sent; nearly always 0.
  std::uint32_t parked() const noexcept { return parked_; }
  /// For people: the words of to_string(), then the text of the error, as in "Actor failed: no such order". It begins
  /// with "Actor" also where it is the cause of a runtime's shutdown.
  /// @throws std::bad_alloc
  std::string text() const;
  friend bool operator==(const StopCause& cause, Kind kind) noexcept { return cause.kind_ == kind; }

 private:
  friend struct detail::Access;
  Kind kind_ = stopped;
  std::uint32_t parked_ = 0;
  Error error_;
};
/// The cause as a sentence's beginning: "Actor stopped", "Actor failed", "Actor was killed", "Actor was dropped", "Lost
/// connection to actor". The error's own text is `cause.error().text()`. A literal, so it ends in 0.
std::string_view to_string(StopCause::Kind kind) noexcept;

class CxBase;

namespace detail {
/// Says why the Rets that die on this thread while it lives are dropped. Scopes nest; the innermost speaks.
struct DropScope {
  explicit DropScope(Why why, const CxBase* actor = nullptr, const Error* error = nullptr) noexcept
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
  const CxBase* actor_;
  union {
    const Error* error_;
    const ActorFail* told_;
  };
  const DropScope* before_;
};
}  // namespace detail

}  // namespace troupe
