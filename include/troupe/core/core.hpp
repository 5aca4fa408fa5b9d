// core/core.hpp: what handlers may ask of their runtime.
//
// There are three levels of privilege. The host holds the `Runtime&` and may run it. Handlers hold a `Core&` (or their
// `Cx<A>&`, which converts to it) and may defer work, start timers and borrow shares. Destructors and the bodies of
// `Ret` and `Fwd` hold nothing, and may still call actors and answer. A `Core` has no path to its `Runtime`: a handler
// cannot run the queue. It lives on the heap and is freed with the last handle into it, so handles never dangle.
#pragma once
#include <cstdint>
#include <optional>
#include <troupe/base/panic.hpp>
#include <troupe/base/time.hpp>
#include <troupe/base/type_name.hpp>
#include <troupe/core/call_queue.hpp>
#include <troupe/core/cx.hpp>
#include <troupe/core/fail.hpp>
#include <troupe/core/inbox.hpp>
#include <troupe/core/logger.hpp>
#include <troupe/core/mistake.hpp>
#include <troupe/core/owned_task.hpp>
#include <troupe/core/pool.hpp>
#include <troupe/core/spare.hpp>
#include <troupe/core/timer_queue.hpp>

namespace troupe {

class Deferrer;
class Runtime;
namespace detail {
struct Probe;
struct PutOff;
}  // namespace detail

/// The part of a runtime that handlers see. Lent with each handler; cannot be copied, stored or queued (a `Deferrer`
/// can). All of it belongs to the runtime's own thread.
class Core {
 public:
  using troupe_not_storable = void;
  Core(const Core&) = delete;
  void operator&() const = delete;

  /// The instant that the host gave to the run that is going on. Constant within a run, never goes back.
  Instant now() const noexcept { return now_; }
  /// The instant at which the runtime was made.
  Instant start_time() const noexcept { return start_; }
  /// Wall-clock time: the system's, or what the host set with `Runtime::set_systime`.
  SystemTime systime() const noexcept { return systime_ ? *systime_ : std::chrono::system_clock::now(); }

  /// Asks the host's loop to end. The present run goes on to its end; outside of a run the host is woken. If it is
  /// called several times, the last cause counts.
  void shutdown(StopCause cause) noexcept;
  /// Whether no shutdown was asked for: a host's loop runs while this is true.
  bool not_shutdown() const noexcept { return !shutdown_; }
  /// Takes the shutdown and returns its cause: the host may go on after that (outside of a run it is woken). Empty if
  /// no shutdown was asked for.
  std::optional<StopCause> shutdown_reason() noexcept;

  /// The environment: one value a type, for what the host provides to all (a poller, a clock, a configuration).
  /// Replaces what was there. May throw bad_alloc. `T` owns what it needs: it may live as long as the runtime.
  template <class T>
    requires detail::shows_no_borrow<T>
  void anymap_set(T value);
  // clang-format off
  template <class T, class Mistake = detail::a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs> requires(!detail::shows_no_borrow<T>)
  void anymap_set(T value) = delete;  // see Mistake; unsafe_borrow(x) is one
  // clang-format on
  /// Removes the value of type `T`.
  template <class T> void anymap_unset() noexcept;
  /// The value of type `T`; ends the process when there is none. Valid until it is replaced or the runtime ends.
  template <class T> T& anymap_get() const noexcept;
  /// The value of type `T`, or null. Valid until it is replaced or the runtime ends.
  template <class T> T* anymap_try_get() const noexcept;

  /// A handle through which code without a context (a destructor, a callback of a C library) can defer.
  Deferrer deferrer() noexcept;

  Logger& logger() noexcept { return logger_; }
  /// Id for log statements outside of any actor.
  std::uint64_t id() const noexcept { return 0; }

  /// The core whose runtime is running on this thread, or null.
  static Core* current() noexcept { return current_; }

 private:
  friend struct detail::Access;
  friend class Runtime;
  friend class CxBase;
  friend class detail::CallQueue;
  friend class detail::Spare;
  friend class TimerQueue;
  struct Any {  // one value of the environment
    Any* next;
    const void* type;
    void* value;
    void (*destroy)(void*) noexcept;
  };
  struct Extras;  // names, hooks: what most programs never touch
  explicit Core(Instant now);
  ~Core();
  void anymap_put(const void* type, void* value, void (*destroy)(void*) noexcept);
  void* anymap_find(const void* type) const noexcept;
  bool anymap_drop(const void* type) noexcept;
  void anymap_clear() noexcept;
  Extras& extras();
  // What is done outside of a run has to reach the host, which may be asleep until the next timer. So between two runs
  // queues and timers rest: whatever is put into one of them first asks the host for a turn, once.
  void rest() noexcept;   // a run has ended
  void rouse() noexcept;  // a run begins, or the host has been asked
  void ask_for_turn() noexcept {
    if (resting_) ask_host();
  }
  void ask_host() noexcept;

  detail::CallQueue main_;
  detail::Pool pool_;
  Instant now_;
  detail::CallQueue* running_ = nullptr;
  detail::Held* flush_ = nullptr;  // calls held for the actor that has just become ready
  StopCause cause_;                // of the actor that has said stop() or fail() in its turn, until that is over
  CxBase* leaver_ = nullptr;       // whose that is
  bool sweep_ = false;             // an owner's end found no room in the queue: look for it
  bool ended_ = false;
  bool hosted_ = false;        // there is a poll waker
  bool resting_ = false;       // no run goes on, and the host has not been asked for one
  std::uint32_t keepers_ = 1;  // the runtime, orphaned blocks, deferrers
  detail::CallQueue lazy_, idle_;
  TimerQueue timers_;
  Logger logger_;
  detail::Probe* probe_ = nullptr;
  CxBase* turn_ = nullptr;  // whose handler runs; debug builds only
  detail::PutOff* put_off_ = nullptr;
  std::uint64_t leaver_item_ = 0;    // the item of the queue in which `leaver_` said so
  std::uint64_t turns_outside_ = 0;  // turns of actors that were no items of a queue
  std::exception_ptr pending_;       // out of the body of a Ret or Fwd, where even its record found no room
  detail::TaskLists tasks_;
  std::byte* lazy_end_ = nullptr;  // of the lazy batch that a limit interrupted
  Instant start_;
  std::optional<SystemTime> systime_;
  std::optional<StopCause> shutdown_;
  Any* environment_ = nullptr;
  Extras* extras_ = nullptr;
  detail::Spare spares_{nullptr};  // whoever holds memory that trim() may ask for
  detail::Inbox* inbox_;
  static inline constinit thread_local Core* current_ = nullptr;
};

namespace detail {
template <class T> inline constexpr char type_key = 0;
}

template <class T>
  requires detail::shows_no_borrow<T>
void Core::anymap_set(T value) {
  void* p = new T(std::move(value));
  TROUPE_TRY {
    anymap_put(&detail::type_key<T>, p, [](void* v) noexcept { delete static_cast<T*>(v); });
  }
  TROUPE_CATCH_ALL {
    delete static_cast<T*>(p);
    TROUPE_RETHROW;
  }
}
template <class T> void Core::anymap_unset() noexcept { anymap_drop(&detail::type_key<T>); }
template <class T> T* Core::anymap_try_get() const noexcept {
  return static_cast<T*>(anymap_find(&detail::type_key<T>));
}
template <class T> T& Core::anymap_get() const noexcept {
  if (T* p = anymap_try_get<T>()) return *p;
  panic("no such entry in the environment", type_name<T>);
}

}  // namespace troupe
