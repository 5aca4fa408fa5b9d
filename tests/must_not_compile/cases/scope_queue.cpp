// must_not_compile/scope_queue.cpp: what waits at a queue as a child of a scope, which the queue
// may not outlive.
// expect: this_awaitable_borrows_its_object_await_it_where_it_is_made
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<> drain(std::shared_ptr<Queue<int>> queue) { (void)co_await queue->pop(); }

void use(Scope& scope, std::shared_ptr<Queue<int>> queue) {
#ifdef FIXED
  scope.spawn(drain(queue));
#else
  scope.spawn(all(sleep(std::chrono::seconds(1)), queue->pop()));
#endif
}
