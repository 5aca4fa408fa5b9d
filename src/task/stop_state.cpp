// task/stop_state.cpp: the list of who wants to hear of a stop.
#include <troupe/task/stop_state.hpp>

#include <troupe/core/drop_scope.hpp>

namespace troupe::detail {
namespace {

constexpr int deepest_nested_request =
    200;  // requests to stop within one another; deeper they are put off
constinit thread_local int requests = 0;
constinit thread_local StopState* put_off_states = nullptr;

}  // namespace

void StopState::free() noexcept { delete this; }

void StopState::add(StopLink& link) noexcept {
  if (requested) return link.run(&link);
  link.next = links;
  link.prev = nullptr;
  if (links) links->prev = &link;
  links = &link;
}

void StopState::remove(StopLink& link) noexcept {
  if (link.prev)
    link.prev->next = link.next;
  else if (links == &link)
    links = link.next;
  else
    return;  // it has run, or is running
  if (link.next) link.next->prev = link.prev;
  link.prev = link.next = nullptr;
}

void StopState::request() noexcept {
  if (requested) return;
  requested = true;
  ++refs;                               // a callback may let the last token go
  const DropScope apart(Why::dropped);  // what callbacks do is no part of the turn of whoever asks
  while (StopLink* link = links) {
    remove(*link);
    link->run(link);
  }
  release();
}

void StopState::request_flat() noexcept {
  if (requested) return;
  if (requests >= deepest_nested_request) {
    ++refs;
    later = std::exchange(put_off_states, this);
    return;
  }
  ++requests;
  request();
  while (requests == 1 && put_off_states) {
    StopState* next = std::exchange(put_off_states, put_off_states->later);
    next->request();
    next->release();
  }
  --requests;
}

}  // namespace troupe::detail
