// task/queue.cpp: who is served at a queue, apart from the type of its values.
#include <troupe/task/queue.hpp>

namespace troupe::detail {

QueueBase::~QueueBase() {
  lose_all(promised_to);
  lose_all(poppers);
  lose_all(pushers);
  let_go(stored);
}

bool QueueBase::begin_pop(Waiter& w) noexcept {
  w.data = has_unpromised();
  if (!w.data) return closed && count == 0;
  ++promised;
  w.join(promised_to);
  return true;
}

bool QueueBase::end_pop(Waiter& w) noexcept {
  w.unlink();
  if (w.data)
    --promised;
  else if (!has_unpromised())
    return false;
  if (closed && count == 1) end_poppers();  // this is the last value
  return true;
}

// Dropped: what it was promised is for the next.
void QueueBase::leave_pop(Waiter& w) noexcept {
  if (w.state != Waiter::State::granted || !w.data) return;
  --promised;
  serve_poppers();
}

void QueueBase::serve_poppers() noexcept {
  while (!poppers.alone() && has_unpromised()) {
    auto& next = static_cast<Waiter&>(poppers.first());
    next.data = 1;
    ++promised;
    next.grant(promised_to);
  }
}

void QueueBase::shut() noexcept {
  closed = true;
  while (!pushers.alone()) {
    auto& w = static_cast<Waiter&>(pushers.first());
    w.data = 0;
    w.grant();
  }
  if (count == 0) end_poppers();  // else all values are promised: one of them may come back
}

void QueueBase::end_poppers() noexcept {
  while (!poppers.alone())
    static_cast<Waiter&>(poppers.first()).grant(promised_to);  // promised nothing: `data` is 0
}

}  // namespace troupe::detail
