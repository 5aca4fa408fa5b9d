// core/core.hpp: what handlers may ask of their runtime.
//
// There are three levels of privilege. The host holds the `Runtime&` and may run it. Handlers hold
// a `Core&` (or their `Cx<A>&`, which converts to it) and may defer work, start timers and borrow
// shares. Destructors and the bodies of `Ret` and `Fwd` hold nothing, and may still call actors and
// answer. A `Core` has no path to its `Runtime`: a handler cannot run the queue. It lives on the
// heap and is freed with the last handle into it, so handles never dangle.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <troupe/base/panic.hpp>
#include <troupe/base/storable.hpp>
#include <troupe/base/time.hpp>
#include <troupe/base/type_name.hpp>
#include <troupe/core/deferrer.hpp>
#include <troupe/core/kernel.hpp>
#include <troupe/core/logger.hpp>
#include <troupe/core/mistake.hpp>
#include <troupe/core/stop_cause.hpp>

namespace troupe {

class Core;
namespace detail {
Kernel& kernel_of(Core& core) noexcept;
}

/// The part of a runtime that handlers see. Lent to each handler; cannot be copied, stored or
/// queued (a `Deferrer` can). All of it belongs to the runtime's own thread.
class Core : private detail::Kernel {
 public:
  using troupe_not_storable = void;
  Core(const Core&) = delete;
  void operator&() const = delete;

  /// The instant that the host gave to the run that is going on. Constant within a run, never goes
  /// back.
  Instant now() const noexcept { return Kernel::now; }
  /// The instant at which the runtime was made.
  Instant start_time() const noexcept { return start; }
  /// Wall-clock time: the system's, or what the host set with `Runtime::set_systime`.
  SystemTime systime() const noexcept {
    return Kernel::systime ? *Kernel::systime : std::chrono::system_clock::now();
  }

  /// Asks the host's loop to end. The present run goes on to its end; outside of a run the host is
  /// woken. If it is called several times, the last cause counts.
  void shutdown(StopCause cause) noexcept;
  /// Whether no shutdown was asked for: a host's loop runs while this is true.
  bool not_shutdown() const noexcept { return !Kernel::shutdown; }
  /// Takes the shutdown and returns its cause: the host may go on after that (outside of a run it
  /// is woken). Empty if no shutdown was asked for.
  std::optional<StopCause> shutdown_reason() noexcept;

  /// The environment: one value a type, for what the host provides to all (a poller, a clock, a
  /// configuration). Replaces what was there. May throw bad_alloc. `T` owns what it needs: it may
  /// live as long as the runtime.
  template <class T>
    requires detail::shows_no_borrow<T>
  void anymap_set(T value);
  template <class T,
            class Mistake =
                detail::a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs>
    requires(!detail::shows_no_borrow<T>)
  void anymap_set(T value) = delete;  // see Mistake; unsafe_borrow(x) is one
  /// Removes the value of type `T`.
  template <class T> void anymap_unset() noexcept;
  /// The value of type `T`; ends the process when there is none. Valid until it is replaced or the
  /// runtime ends.
  template <class T> T& anymap_get() const noexcept;
  /// The value of type `T`, or null. Valid until it is replaced or the runtime ends.
  template <class T> T* anymap_try_get() const noexcept;

  /// A handle through which code without a context (a destructor, a callback of a C library) can
  /// defer.
  Deferrer deferrer() noexcept { return Deferrer(static_cast<detail::Kernel&>(*this)); }

  Logger& logger() noexcept { return Kernel::logger; }
  /// The number of this runtime in its ensemble: that of its seat (`Ensemble::seat`), as
  /// `Remote::runtime` gives it. Empty where it has none. Ids of actors and tasks are unique within
  /// a runtime.
  std::optional<unsigned> runtime_number() const noexcept { return Kernel::number(); }
  /// Id for log statements outside of any actor.
  std::uint64_t id() const noexcept { return 0; }

  /// The core whose runtime is running on this thread, or null.
  static Core* current() noexcept {
    return Kernel::current ? std::addressof(Kernel::current->core) : nullptr;
  }

 private:
  friend detail::Kernel& detail::kernel_of(Core& core) noexcept;
  friend class Runtime;  // which makes it
  explicit Core(Instant now);
  ~Core() = default;
};

namespace detail {
/// The inside of a core, for the doors of the room.
TROUPE_INLINE Kernel& kernel_of(Core& core) noexcept { return core; }
TROUPE_INLINE const Kernel& kernel_of(const Core& core) noexcept {
  return kernel_of(const_cast<Core&>(core));
}
/// The inside of a core, for use now: debug builds check that this is the runtime's thread.
TROUPE_INLINE Kernel& kernel_here(Core& core) noexcept { return kernel_of(core).here(); }
}  // namespace detail

namespace detail {
template <class T> inline constexpr char type_key = 0;
}

template <class T>
  requires detail::shows_no_borrow<T>
void Core::anymap_set(T value) {
  void* p = new T(std::move(value));
  TROUPE_TRY {
    environment.put(&detail::type_key<T>, p, [](void* v) noexcept { delete static_cast<T*>(v); });
  }
  TROUPE_CATCH_ALL {
    delete static_cast<T*>(p);
    TROUPE_RETHROW;
  }
}
template <class T> void Core::anymap_unset() noexcept { environment.drop(&detail::type_key<T>); }
template <class T> T* Core::anymap_try_get() const noexcept {
  return static_cast<T*>(environment.find(&detail::type_key<T>));
}
template <class T> T& Core::anymap_get() const noexcept {
  if (T* p = anymap_try_get<T>()) return *p;
  panic("no such entry in the environment", type_name<T>);
}

}  // namespace troupe
