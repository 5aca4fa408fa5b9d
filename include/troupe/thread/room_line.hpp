// thread/room_line.hpp: tasks that wait until a lane has room. (internal)
//
// One at a time is told: the next one when that one goes on, and so has not yet written, but all
// before it have. So a line of many that wait does not fill the lane beyond its bound at once.
#pragma once
#include <troupe/task/waiter.hpp>

namespace troupe::detail {

// The writer's thread.
class RoomLine {
 public:
  RoomLine() noexcept = default;
  RoomLine(const RoomLine&) = delete;
  bool nobody_is_told() const noexcept { return told.alone(); }
  bool somebody_waits() const noexcept { return !waiting.alone(); }
  // Whether somebody waits whose turn it would be.
  bool wants() const noexcept { return nobody_is_told() && somebody_waits(); }
  void tell_first() noexcept { static_cast<Waiter&>(waiting.first()).grant(told); }
  void tell_all() noexcept {
    while (somebody_waits()) tell_first();
  }
  // The runtime ends.
  void close() noexcept {
    lose_all(waiting);
    lose_all(told);
    let_go(stored);
  }
  // For waits of a runtime that ends.
  static Link& nowhere() noexcept {
    static thread_local Link link;
    return link;
  }
  Link waiting, told, stored;
};

}  // namespace troupe::detail
