// task/mutex.hpp: one task at a time, across its awaits.
//
// Within one turn nothing else runs, so state that is consistent at each await needs no mutex. This
// one is for work that is spread over several awaits.
#pragma once
#include <troupe/task/semaphore.hpp>

namespace troupe {

/// Holds a mutex; unlocks it when it dies. Move-only. May outlive its mutex; then it is empty.
class [[nodiscard("unlocks when it dies")]] MutexGuard {
 public:
  using troupe_of_one_runtime = void;
  MutexGuard() noexcept = default;
  explicit MutexGuard(Permit permit) noexcept : permit_(std::move(permit)) {}
  /// Of a mutex that has just been taken.
  explicit MutexGuard(detail::Turnstile& mutex) noexcept : permit_(mutex, 1) {}
  /// Unlocks now. The task that has waited longest gets the mutex at once and is queued to resume.
  void unlock() noexcept { permit_.release(); }
  /// Whether it holds the mutex.
  explicit operator bool() const noexcept { return bool(permit_); }

 private:
  Permit permit_;
};

/// A lock that tasks wait for, and may hold across awaits. Waiting tasks get it in the order in
/// which they came. Not recursive: a task that locks it twice waits for itself. If a task is
/// dropped after it got the lock and before it resumes, the next task gets it. Immovable; a local,
/// or a member of an actor. Destroyed while tasks wait, it loses them
/// (`Why::dropped`). One thread.
class Mutex {
  struct Lock {
    static constexpr const char* what = "a mutex";
    using reply_type = std::expected<MutexGuard, ActorFail>;
    explicit Lock(detail::Turnstile& t) noexcept : from(std::addressof(t)) {}
    bool begin(detail::Waiter& w) const noexcept {
      w.data = 1;
      if (!from->try_take(1)) return false;
      w.join(from->granted);
      return true;
    }
    detail::Link& ring(detail::Waiter&) const noexcept { return from->waiting; }
    MutexGuard take(detail::Waiter& w) const noexcept {
      w.unlink();
      return MutexGuard(Permit(*from, 1));
    }
    void leave(detail::Waiter& w) const noexcept {
      if (w.state == detail::Waiter::State::granted) from->give(1);
    }
    detail::Link& stored() const noexcept { return from->held; }
    detail::Turnstile* from;
  };

 public:
  using troupe_of_one_runtime = void;
  Mutex() noexcept : turnstile_(1) {}
  /// `MutexGuard guard = co_await mutex.lock();`
  ObjectWait<Lock> lock() noexcept { return ObjectWait<Lock>(Lock(turnstile_)); }
  /// Locks it if it is free; else the guard is empty.
  MutexGuard try_lock() noexcept {
    return turnstile_.try_take(1) ? MutexGuard(turnstile_) : MutexGuard();
  }
  /// Whether somebody holds it, or was handed it.
  bool is_locked() const noexcept { return turnstile_.free == 0; }

 private:
  friend detail::Link& lenders_of(Mutex& x) noexcept { return x.turnstile_.held; }
  detail::Turnstile turnstile_;
};

}  // namespace troupe
