// task/semaphore.hpp: a number of permits that tasks take and give back: how many may do something
// at once.
#pragma once
#include <troupe/task/waiter.hpp>

namespace troupe {

namespace detail {
// Permits and the line of those who wait for some: whoever came first is served first, however much
// it wants.
class Turnstile {
 public:
  explicit Turnstile(std::size_t permits) noexcept : free(permits) {}
  Turnstile(const Turnstile&) = delete;
  ~Turnstile();
  bool try_take(std::size_t n) noexcept {
    if (n > free || !waiting.alone()) return false;
    free -= n;
    return true;
  }
  void give(std::size_t n) noexcept;
  void serve() noexcept;  // those at the head of the line, as far as the permits go
  std::size_t free;
  Link waiting, granted, held;  // held: the permits that are out, and waits that are stored
};
}  // namespace detail

/// Permits of a semaphore; the destructor gives them back. Move-only. May outlive its semaphore,
/// and is empty then.
class [[nodiscard("its permits are given back when it dies")]] Permit : detail::Link {
 public:
  using troupe_of_one_runtime = void;
  Permit() noexcept = default;
  Permit(detail::Turnstile& from, std::size_t count) noexcept
      : from_(std::addressof(from)), count_(count) {
    join(from.held);
  }
  Permit(Permit&& other) noexcept : Permit() { take(other); }
  Permit& operator=(Permit&& other) noexcept {
    if (this == std::addressof(other)) return *this;
    release();
    take(other);
    return *this;
  }
  ~Permit() { release(); }
  /// Gives them back now.
  void release() noexcept {
    if (const std::size_t n = detach()) from_->give(n);
  }
  /// Empties this object without giving the permits back: somebody does that later by
  /// `Semaphore::release`.
  /// @returns how many permits there were
  std::size_t detach() noexcept {
    const std::size_t n = count();
    unlink();
    return n;
  }
  /// How many permits it holds; 0 after they were given back, moved or detached, and after the
  /// semaphore's end.
  std::size_t count() const noexcept { return alone() ? 0 : count_; }
  explicit operator bool() const noexcept { return !alone(); }

 private:
  void take(Permit& other) noexcept {
    from_ = other.from_;
    count_ = other.count_;
    if (!other.alone()) replace(other);
  }
  detail::Turnstile* from_ = nullptr;
  std::size_t count_ = 0;
};

/// Counts permits; tasks wait until there are enough. First come, first served: a later task that
/// wants few permits does not overtake an earlier task that wants many. If a task is dropped after
/// it got permits and before it resumes, the next task gets them. Immovable; a local, or a member
/// of an actor. Destroyed while tasks wait, it loses them
/// (`Why::dropped`). One thread.
class Semaphore {
  struct Acquire {
    static constexpr const char* what = "a permit of a semaphore";
    using reply_type = std::expected<Permit, ActorFail>;
    Acquire(detail::Turnstile& t, std::size_t n) noexcept : from(std::addressof(t)), count(n) {}
    bool begin(detail::Waiter& w) const noexcept {
      w.data = count;
      if (!from->try_take(count)) return false;
      w.join(from->granted);
      return true;
    }
    detail::Link& ring(detail::Waiter&) const noexcept { return from->waiting; }
    Permit take(detail::Waiter& w) const noexcept {
      w.unlink();
      return Permit(*from, count);
    }
    void leave(detail::Waiter& w) const noexcept {
      from->give(w.state == detail::Waiter::State::granted ? count : 0);
    }
    detail::Link& stored() const noexcept { return from->held; }
    detail::Turnstile* from;
    std::size_t count;
  };

 public:
  using troupe_of_one_runtime = void;
  /// @param permits how many there are to begin with
  explicit Semaphore(std::size_t permits) noexcept : turnstile_(permits) {}
  /// `Permit p = co_await semaphore.acquire(n)`: waits until `n` permits are free and no earlier
  /// task waits. A task that wants more permits than there ever are waits for ever, and so do all
  /// that come after it.
  ObjectWait<Acquire> acquire(std::size_t n = 1) noexcept {
    return ObjectWait<Acquire>(Acquire(turnstile_, n));
  }
  /// Takes `n` permits without waiting, or none: then the result is empty. Takes none while a task
  /// waits.
  Permit try_acquire(std::size_t n = 1) noexcept {
    return turnstile_.try_take(n) ? Permit(turnstile_, n) : Permit();
  }
  /// Adds `n` permits: those of a detached `Permit`, or new ones.
  void release(std::size_t n = 1) noexcept { turnstile_.give(n); }
  /// How many are free.
  std::size_t available() const noexcept { return turnstile_.free; }

 private:
  friend detail::Link& lenders_of(Semaphore& x) noexcept { return x.turnstile_.held; }
  detail::Turnstile turnstile_;
};

}  // namespace troupe
