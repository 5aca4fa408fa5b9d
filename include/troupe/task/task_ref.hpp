// task/task_ref.hpp: `TaskRef`: the name of a task that was spawned.
#pragma once
#include <string_view>
#include <troupe/base/code_place.hpp>
#include <troupe/task/strand.hpp>
#include <vector>

namespace troupe {

/// Names a spawned task. Weak: it keeps neither the task nor the runtime, and outlives both. 8
/// bytes; one thread.
class TaskRef {
 public:
  using troupe_of_one_runtime = void;
  TaskRef() noexcept = default;
  explicit TaskRef(detail::FrameHead* head) noexcept : frame_(head) {}
  explicit TaskRef(detail::FrameRef frame) noexcept : frame_(std::move(frame)) {}
  /// Whether it has ended, was dropped, or never was.
  bool done() const noexcept {
    const detail::Strand* s = strand();
    return !s || s->done();
  }
  /// Drops the task: its locals are destroyed and its Ret hears `cancelled`. At once where it waits
  /// for something of ours; at its next await if it runs (it cancels itself); at the end of the
  /// turn where a coroutine of a foreign type says so, which a frame of the task may hold; and
  /// later where foreign code still holds on to it. Without effect when it is done.
  void cancel() const noexcept;
  /// Asks the task to stop, and lets it go on: its stop token says so (task/stop.hpp). So do, now
  /// and from their beginning, those of the tasks that it awaits as its parts: the children of
  /// all(), race(), any() and timeout(), a Task that is one of its own, and the children of a Scope
  /// that it joins; not of shield(), nor handlers that it asks. All of that happens here, but a
  /// request that is nested more than 200 deep in others waits for the outermost one, so that no
  /// stack grows.
  void request_stop() const noexcept;
  /// Where it stands: its chain of awaits, the innermost coroutine first, each with function, file
  /// and line. Empty when it is done. May throw bad_alloc.
  std::vector<CodePlace> backtrace() const;
  /// Number of the task in its runtime, from 1; 0 when it is done.
  std::uint64_t id() const noexcept {
    const detail::Strand* s = strand();
    return s && !s->done() ? s->id : 0;
  }
  /// The name of its coroutine function; empty when it is done.
  std::string_view name() const noexcept;
  /// For awaiters of tasks: as Strand::turns_ahead, of one that has not ended.
  int turns_ahead(detail::Look look, int depth) const noexcept {
    detail::Strand* s = strand();
    return s && !s->done() ? s->turns_ahead(look, depth) : 0;
  }

 private:
  detail::Strand* strand() const noexcept {
    return frame_.alive() ? detail::Frame::of(frame_.head()).strand : nullptr;
  }
  detail::FrameRef frame_;
};

}  // namespace troupe
