// task/foreign.cpp: what a synthetic frame does when foreign code fires it.
#include <troupe/task/foreign.hpp>

#include <thread>

namespace troupe {
namespace {

std::atomic<std::uint64_t> misuses{0};

}  // namespace

std::uint64_t foreign_misuses() noexcept { return misuses.load(std::memory_order_relaxed); }

namespace detail {

void ForeignPromise::fire(Fired how) noexcept {
  if (inbox->here()) {  // on our thread, inside run() or not: a host's own callbacks count as well
    if (fired.load(std::memory_order_relaxed) != no) {
      misuses.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    fired.store(how, std::memory_order_relaxed);
    if (inbox->is_open()) strand->foreign_event(how == resumed);  // else our runtime has gone
  } else if (fired.exchange(how) != no) {
    misuses.fetch_add(1, std::memory_order_relaxed);
  } else {
    node.promise = this;
    node.run = [](Inbox::Node* n) {
      ForeignPromise& p = *static_cast<Node*>(n)->promise;
      p.strand->foreign_event(p.fired.load(std::memory_order_relaxed) == resumed);
    };
    inbox->push(&node);
  }
}

void withdraw(ForeignPromise& p) noexcept {
  Strand& s = *p.strand;
  while (!s.has_fired() && !s.dropped)
    if (!p.inbox->poll()) std::this_thread::yield();  // another thread is between firing and pushing
  s.unwake();
}

}  // namespace detail
}  // namespace troupe
