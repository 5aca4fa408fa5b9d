// core/actor_fail.hpp: `ActorFail`: why a reply did not come. A failure travels as a value.
//
// It says what happened, which actor was ending when it did, and carries the exception or the text
// that began it.
#pragma once
#include <cstdint>
#include <exception>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/core/error.hpp>
#include <tuple>
#include <utility>

namespace troupe {

/// Why a reply did not come. Who held its `Ret`, and how that went, decides; (A) names the actor A,
/// e is its error:
///
///   a handler of A: its arguments  returned: dropped; said stop(): dropped (A); said fail(e) or
///   and locals                     threw e: failed (A, e); said either, then threw e: what the
///                                  exception destroyed, and its arguments: failed (A, e), though A
///                                  ends by what it said first
///   ... under an exception that    dropped; if that turn then says stop() or fail(), or throws: by
///   it caught                      that, as above
///   the state of A                 A stopped, or its last owner went: dropped (A); failed, or
///                                  killed: failed (A, e)
///   a call that A never took       lost (A); held in Prep until A failed or was killed: failed
///                                  (A, e)
///   a task, and its own Ret        returned: the frame's are dropped; cancelled: cancelled; lost
///                                  what it awaits: that loss, also through a coroutine of a
///                                  foreign type; threw e: failed (e), and where it is a task of A:
///                                  failed (A, e)
///   a task of A, cut off by the    A stopped, or its last owner went: lost (A); it failed, or was
///   end of A                       killed: failed (A, e)
///   a task that foreign code       its own Ret at once, the frame's later: as above, by how it was
///   still holds                    dropped
///   a task spawned too late        its actor, or the runtime, had ended: lost
///   a function (ret_do, fwd_do,    told a value: dropped; told a failure: that failure; deferred:
///   notices)                       dropped
///   who answered                   the value's move threw e on its way: failed (e)
///   a queue                        refused: overloaded, or no_memory
///   any of them, as the runtime    ended
///   ends
///   Ret::with_timeout              the limit came first: timed_out
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

class ActorFail;
namespace detail {
struct DropScope;
struct LossInForeign;
void came_from(ActorFail& fail, unsigned runtime) noexcept;
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
  std::string_view actor_type() const noexcept { return type_ ? *type_ : std::string_view{}; }
  /// The number of that actor's runtime, where the failure has come from another one of the
  /// ensemble.
  std::optional<unsigned> runtime() const noexcept {
    return runtime_ == here ? std::nullopt : std::optional<unsigned>(runtime_);
  }
  /// For people: "failed in Pricer 3: no such order"; "failed in Pricer 3 of runtime 1: no such
  /// order" where it has come from there. May throw bad_alloc.
  std::string text() const;
  friend bool operator==(const ActorFail& a, const ActorFail& b) noexcept {
    return a.why_ == b.why_;
  }

 private:
  friend struct detail::DropScope;
  friend void detail::came_from(ActorFail& fail, unsigned runtime) noexcept;
  static constexpr std::uint8_t here = 255;  // or not known
  ActorFail(Why why, Error error, std::uint64_t actor, const std::string_view* type) noexcept
      : why_(why), actor_(actor), type_(type), error_(std::move(error)) {}
  Why why_ = Why::dropped;
  std::uint8_t runtime_ = here;
  std::uint64_t actor_ = 0;
  const std::string_view* type_ = nullptr;  // of the actor's type, which does not go
  Error error_;
};

namespace detail {
// It goes from that runtime, below 255, to another one. It may have come from a third.
inline void came_from(ActorFail& fail, unsigned runtime) noexcept {
  if (fail.type_ && fail.runtime_ == ActorFail::here)
    fail.runtime_ = static_cast<std::uint8_t>(runtime);
}
}  // namespace detail

/// What `value_of` throws for a reply that did not come. `what()` is the error's own text where
/// there is one, else the word of the reason.
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
// A coroutine of a foreign type cannot be dropped where it awaits, so a loss is thrown there. Out
// of a task of ours that awaits that coroutine it is a loss again, and no failure of that task.
struct LossInForeign {
  static ActorFailed thrown(ActorFail why) noexcept {
    ActorFailed loss(std::move(why));
    loss.ends_task_ = true;
    return loss;
  }
  static bool is(const ActorFailed& e) noexcept { return e.ends_task_; }
};
// What an exception is as a loss: the failure that an ActorFailed carries, else `failed` with the
// exception in it.
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

/// What the receiver of a `Ret<T...>` gets: the value, a tuple of values, or nothing; or the
/// failure.
template <class... T> using Reply = typename detail::reply_of<T...>::type;

}  // namespace troupe
