// task/task_ref.cpp: cancelling a task, asking it to stop, and asking where it stands.
#include <troupe/task/task_ref.hpp>

namespace troupe {

void TaskRef::cancel() const noexcept {
  detail::Strand* s = strand();
  if (!s || s->done()) return;
  detail::TaskLists& lists = detail::kernel_of(*s->core).tasks;
  if (lists.dying == 0) return s->drop_for(ActorFail(Why::cancelled));
  detail::FrameHead* const head = frame_.head();
  if (head->next_cancelled) return;
  ++head->refs;
  head->next_cancelled =
      lists.deferred_cancels ? static_cast<detail::FrameHead*>(lists.deferred_cancels) : head;
  lists.deferred_cancels = head;
}

std::vector<CodePlace> TaskRef::backtrace() const {
  detail::Strand* s = strand();
  return s && !s->done() ? s->backtrace() : std::vector<CodePlace>{};
}

std::string_view TaskRef::name() const noexcept {
  detail::Strand* s = strand();
  return s && !s->done() ? CodePlace(detail::Frame::of(frame_.head()).where).function()
                         : std::string_view{};
}

namespace detail {
namespace {
constexpr int deepest_nested_request =
    200;  // requests to stop within one another; deeper they are put off

struct Asked {  // a cell of the pool
  Asked* next;
  TaskRef task;
};
bool put_off_request(Core& core, const TaskRef& task) noexcept {
  TaskLists& lists = kernel_of(core).tasks;
  if (lists.asking < deepest_nested_request) return false;
  auto* asked = kernel_of(core).pool.try_make<Asked>(static_cast<Asked*>(lists.asked), task);
  if (asked) lists.asked = asked;
  return asked;
}
void go_on_asking(Core& core) noexcept {
  TaskLists& lists = kernel_of(core).tasks;
  while (auto* first = static_cast<Asked*>(lists.asked)) {
    lists.asked = first->next;
    const TaskRef task = std::move(first->task);
    Pool::destroy(*first);
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
  kernel_of(core).retain();  // outside of a run a callback may end the runtime
  ++lists.asking;
  s->request_stop();
  if (!self.done() && s->phase == detail::Strand::Phase::waiting && s->awaits && s->awaits->stop)
    s->awaits->stop(s->awaiter);
  if (lists.asked && lists.asking == 1) detail::go_on_asking(core);
  --lists.asking;
  kernel_of(core).release();
}

}  // namespace troupe
