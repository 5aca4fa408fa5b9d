// task/event.hpp: a flag that tasks wait for.
#pragma once
#include <troupe/task/waiter.hpp>

namespace troupe {

/// A flag of one runtime: tasks wait until somebody sets it. Stays set until it is reset.
/// Immovable; a local, or a member of an actor. Destroyed while tasks wait, it loses them
/// (`Why::dropped`). One thread.
class Event {
  struct Wait {
    static constexpr const char* what = "an event";
    using reply_type = Reply<>;
    explicit Wait(Event& e) noexcept : event(std::addressof(e)) {}
    bool begin(detail::Waiter&) const noexcept { return event->set_; }
    detail::Link& ring(detail::Waiter&) const noexcept { return event->waiting_; }
    void take(detail::Waiter&) const noexcept {}
    void leave(detail::Waiter&) const noexcept {}
    detail::Link& stored() const noexcept { return event->stored_; }
    Event* event;
  };

 public:
  using troupe_of_one_runtime = void;
  Event() noexcept = default;
  Event(const Event&) = delete;
  ~Event() {
    detail::lose_all(waiting_);
    detail::let_go(stored_);
  }
  /// Queues the resumption of all tasks that wait, in the order in which they came. Later waits do
  /// not suspend.
  void set() noexcept {
    set_ = true;
    detail::grant_all(waiting_);
  }
  /// Later waits suspend again. Tasks that an earlier set() has queued still resume.
  void reset() noexcept { set_ = false; }
  /// Whether the event is set: a wait would not suspend.
  bool is_set() const noexcept { return set_; }
  /// `co_await event.wait()`: until it is set. Goes on without suspending if it is.
  ObjectWait<Wait> wait() noexcept { return ObjectWait<Wait>(Wait(*this)); }

 private:
  friend detail::Link& lenders_of(Event& e) noexcept { return e.stored_; }
  detail::Link waiting_, stored_;
  bool set_ = false;
};

}  // namespace troupe
