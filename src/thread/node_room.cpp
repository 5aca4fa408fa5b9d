// thread/node_room.cpp: lanes that are at their bound: calls that are refused, and tasks that wait.
#include <bit>
#include <troupe/core/log.hpp>
#include <troupe/thread/node.hpp>

namespace troupe::detail {

void Node::tell_refused(Lane& lane, bool has_ret) noexcept {
  if (has_ret || lane.refusal() != Why::overloaded) return;
  if (!lane.count_refused()) return;
  wants_ |= std::uint64_t{1} << lane.to();
  lane.want_room(seat_);  // outside of a run there is no rest() that asks for it
  if (lane.has_caught_up()) seat_.ring();
  // It is a loss, and an error: so it is seen where no logger is set.
  error(kernel_.core, "calls to another runtime are refused: their lane is at its bound",
        kv("runtime", lane.to()));
}

void Node::end_refusals(unsigned to) noexcept {
  Lane& lane = out(to);
  if (!lane.has_refused()) return;
  const std::uint64_t calls = lane.take_refused();  // before what the log does is refused
  warn(kernel_.core, "calls to another runtime were refused", kv("runtime", to),
       kv("calls", calls));
}

// Threads without a runtime have refused calls: they have no log.
void Node::look_outside(bool ends) noexcept {
  Outside& outside = *all_->outsides[number_];
  Lane& lane = out(number_);
  std::uint64_t calls = 0;
  {
    const std::lock_guard hold(outside.lock);
    if (!lane.has_refused()) return;
    if (ends || lane.has_caught_up()) {
      calls = lane.take_refused();
      outside.refused.store(false, std::memory_order_relaxed);
    }
  }
  if (!std::exchange(told_outside_, true))
    error(kernel_.core,
          "calls from threads without a runtime are refused: their lane is at its bound");
  if (calls == 0) return;
  told_outside_ = false;
  warn(kernel_.core, "calls from threads without a runtime were refused", kv("calls", calls));
}

bool Node::has_room_at_once(unsigned to) noexcept {
  Lane& lane = out(to);
  RoomLine& line = lane.line();
  if (to == number_ || is_over(to)) return true;
  const bool first = line.nobody_is_told() && !line.somebody_waits();
  if (first && lane.has_room()) return true;
  wants_ |= std::uint64_t{1} << to;  // the next look serves it; rest() has the reader ask for one
  return false;
}

void Node::serve_room(unsigned to) noexcept {
  Lane& lane = out(to);
  RoomLine& line = lane.line();
  if (is_over(to)) return line.tell_all();
  if (line.wants() && lane.has_room()) line.tell_first();
}

void Node::look_for_room() noexcept {
  for (std::uint64_t w = wants_; w; w &= w - 1) {
    const auto to = static_cast<unsigned>(std::countr_zero(w));
    Lane& lane = out(to);
    if (lane.has_caught_up()) end_refusals(to);
    serve_room(to);
    if (lane.has_refused() || lane.line().somebody_waits()) continue;
    wants_ &= ~(std::uint64_t{1} << to);
    lane.want_no_room();
  }
}

void Node::ask_for_room() noexcept {
  for (std::uint64_t w = wants_; w; w &= w - 1)
    out(static_cast<unsigned>(std::countr_zero(w))).want_room(seat_);
}

bool Node::has_room_news() const noexcept {
  for (std::uint64_t w = wants_; w; w &= w - 1) {
    const auto to = static_cast<unsigned>(std::countr_zero(w));
    Lane& lane = *out_[to];
    if ((lane.has_refused() && lane.has_caught_up()) || (lane.line().wants() && lane.has_room()))
      return true;
  }
  return false;
}

}  // namespace troupe::detail
