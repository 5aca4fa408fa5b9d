// task/semaphore.cpp: who is served next.
#include <troupe/task/semaphore.hpp>

#include <troupe/base/panic.hpp>

namespace troupe::detail {

Turnstile::~Turnstile() {
  lose_all(granted);
  lose_all(waiting);
  let_go(held);
}

void Turnstile::give(std::size_t n) noexcept {
  if (n > SIZE_MAX - free)
    panic("a Semaphore was given more permits than it can count", "Semaphore::release");
  free += n;
  serve();
}

void Turnstile::serve() noexcept {
  while (!waiting.alone()) {
    auto& next = static_cast<Waiter&>(waiting.first());
    if (next.data > free) return;
    free -= next.data;
    next.grant(granted);
  }
}

}  // namespace troupe::detail
