// task/waiter.cpp: the compiled parts of waiting at objects.
#include <troupe/task/waiter.hpp>

namespace troupe {
namespace detail {

const ActorFail& object_gone() noexcept {
  static const ActorFail gone(Why::dropped);
  return gone;
}

void lose_at_once(Wake waiter, std::string_view what) noexcept {
  Core* core = waiter.strand() ? waiter.strand()->core : Core::current();
  if (!core) panic("awaited outside of any runtime's run()", what);
  waiter.lose(*core, object_gone());
}

// One that still waits is a coroutine of a foreign type, at the runtime's end.
ActorFail why_missed(const Waiter& waiter) noexcept {
  return waiter.state == Waiter::State::lost ? object_gone() : ActorFail(Why::ended);
}

void Waiter::keep_core(std::string_view what) noexcept {
  core_ = Core::current();
  if (!core_) panic("awaited outside of any runtime's run()", what);
  if (!keeps_core_) kernel_of(*core_).retain();
  keeps_core_ = true;
}

void Waiter::lose() noexcept {
  unlink();
  state = State::lost;
  wake_.lose(*core_, object_gone());
}

void grant_all(Link& ring) noexcept {
  while (!ring.alone()) static_cast<Waiter&>(ring.first()).grant();
}

void lose_all(Link& ring) noexcept {
  while (!ring.alone()) static_cast<Waiter&>(ring.first()).lose();
}

}  // namespace detail
}  // namespace troupe
