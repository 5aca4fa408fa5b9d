// core/spare.hpp: who holds memory that `Runtime::trim` can ask back, beside the queues of calls,
// timers and the pool. (internal)
//
// A pipe or a queue that has grown enters its runtime's list, and leaves it when it is small again
// or goes. A runtime that goes first lets go of those that are in it.
#pragma once

namespace troupe::detail {

class Spare {
 public:
  /// @param trim gives back what is not needed now, and may leave the list; runs inside
  /// `Runtime::trim`
  explicit Spare(void (*trim)(Spare&) noexcept) noexcept : trim_(trim) {}
  Spare(const Spare&) = delete;
  ~Spare() { leave(); }
  /// Enters the list of a runtime, unless it is in one.
  void join(Spare& list) noexcept;
  void leave() noexcept;
  bool is_listed() const noexcept { return next_ != this; }
  /// Of a list's own node: asks each of the list. They may leave, end and join meanwhile.
  void trim_all() noexcept;

 private:
  void put_before(Spare& other) noexcept;
  Spare *prev_ = this, *next_ = this;
  void (*trim_)(Spare&) noexcept;
};

}  // namespace troupe::detail
