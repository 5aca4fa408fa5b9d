// task/stop.cpp: the list of who wants to hear of a stop, and a task's own part in it.
#include <troupe/task/stop.hpp>

namespace troupe::detail {
namespace {

constexpr int deepest_nested_request = 200;  // requests to stop within one another; deeper they are put off
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
  if (is.bound) box->unref();
  if (is.stop_shared) stop_->release();
}

}  // namespace troupe::detail

namespace troupe {

namespace detail {
namespace {
struct Asked {  // a cell of the pool
  Asked* next;
  TaskRef task;
};
bool put_off_request(Core& core, const TaskRef& task) noexcept {
  TaskLists& lists = kernel_of(core).tasks;
  void* cell = lists.asking < deepest_nested_request ? nullptr : kernel_of(core).pool.take(sizeof(Asked));
  if (!cell) return false;
  lists.asked = ::new (cell) Asked{static_cast<Asked*>(lists.asked), task};
  return true;
}
void go_on_asking(Core& core) noexcept {
  TaskLists& lists = kernel_of(core).tasks;
  while (auto* first = static_cast<Asked*>(lists.asked)) {
    lists.asked = first->next;
    const TaskRef task = std::move(first->task);
    first->~Asked();
    Pool::give_back(first, sizeof(Asked));
    task.request_stop();
  }
}
}  // namespace
}  // namespace detail

void TaskRef::request_stop() const noexcept {
  const TaskRef self = *this;  // a callback may let go of this one, or end the task
  detail::Strand* s = strand();
  if (!s || s->done()) return;
  Core& core = *s->core;
  detail::TaskLists& lists = kernel_of(core).tasks;
  if (detail::put_off_request(core, self)) return;
  kernel_of(core).keep();  // outside of a run a callback may end the runtime
  ++lists.asking;
  s->request_stop();
  if (!self.done() && s->phase == detail::Strand::Phase::waiting && s->awaits && s->awaits->stop)
    s->awaits->stop(s->awaiter);
  if (lists.asked && lists.asking == 1) detail::go_on_asking(core);
  --lists.asking;
  kernel_of(core).unkeep();
}

}  // namespace troupe
