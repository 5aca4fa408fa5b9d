// task/stop.cpp: the list of who wants to hear of a stop, and a task's own part in it.
#include <troupe/task/stop.hpp>

namespace troupe::detail {
namespace {

constexpr int deepest_nested_request = 200;
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
  ++refs;  // a callback may let the last token go
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

StopState& Strand::stop_state() {
  if (!is.stop_shared) {
    stop_ = new StopState;
    stop_->requested = is.stopping;
    is.stop_shared = true;
  }
  return *stop_;
}

void Strand::request_stop() noexcept {
  is.stopping = true;
  if (is.stop_shared) stop_->request();
}

bool Strand::stop_first() noexcept {
  if (!is.stop_shared) return true;
  const FrameHead* head = root().head();
  const TaskRef keep = ref();
  is.asking = true;
  request_stop();
  if (!head->alive()) return false;
  is.asking = false;
  return phase < Phase::parked;
}

void Strand::forget() noexcept {
  if (is.bound) Access::unref(box);
  if (is.stop_shared) stop_->release();
}

}  // namespace troupe::detail
