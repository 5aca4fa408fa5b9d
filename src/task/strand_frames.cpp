// task/strand_frames.cpp: the end of a coroutine that is dropped.
#include <cstdio>
#include <optional>
#include <troupe/core/log.hpp>
#include <troupe/task/strand.hpp>

namespace troupe::detail {
namespace {

constexpr int deepest_nested_frame =
    200;  // frames of objects that die within one another; deeper they go later
constexpr int most_returns =
    1000;  // of a frame that catches what its locals throw, and waits again
constinit thread_local FrameHead* going_later = nullptr;

// Where reports go about a frame whose task was never started: to the core of the pool that the
// frame is of, or, of a frame on the heap, to the core that runs on this thread; null where none
// does.
Core* home_of(Frame& frame) noexcept {
  return frame.head()->heap() ? Core::current() : Block::of(frame.head())->core;
}

// The strand of a generator that nobody reads, while it is destroyed: nothing that it awaits
// begins.
constexpr Strand::Ops no_ops{{&Strand::hooks}, nullptr, nullptr, nullptr};
struct Husk : Strand {
  explicit Husk(Frame& frame) noexcept : Strand(no_ops, frame) {
    core = home_of(frame);
    phase = Phase::dying;
    mark_dropped(Why::dropped, Last::cut);
  }
};

// It says who it was, since the frame has gone.
void report(Core* core, const std::source_location& at, const std::exception_ptr& error) noexcept {
  const Error why(error);
  if (core)
    troupe::error(*core, "a destructor threw while its task was dropped", kv("error", why.text()),
                  kv("task", at.function_name()), kv("line", at.line()));
  else
    std::fprintf(stderr, "troupe: a destructor threw while %s was dropped: %.*s\n",
                 at.function_name(), static_cast<int>(why.text().size()), why.text().data());
}

}  // namespace

void drop_frame(Frame& frame) noexcept {
  FrameHead* head = frame.head();
  const std::coroutine_handle<> handle = frame.handle();
  std::optional<Husk> husk;
  if (!frame.strand) frame.strand = std::addressof(husk.emplace(frame));
  // A fresh strand here is that of a task which was never started.
  Core* core = frame.strand->phase == Strand::Phase::fresh ? home_of(frame) : frame.strand->core;
  const std::source_location at = frame.where;
  FrameDrop* outer = FrameDrop::innermost;
  FrameDrop drop{outer, Kernel::current, outer ? outer->depth + 1 : 1, !handle.done(), nullptr};
  FrameDrop::innermost = std::addressof(drop);
  ++head->refs;  // so that its memory tells whether it has gone
  for (int returns = 0; head->alive(); ++returns) {
    if (returns == most_returns)
      panic("a coroutine that is dropped catches what its locals throw, again and again",
            at.function_name());
    TROUPE_TRY { handle.destroy(); }
    TROUPE_CATCH_ALL {  // a parameter or the result, whose type says that it does not: what is left
                        // cannot be destroyed
      FrameDrop::note(std::current_exception());
      break;
    }
  }
  if (--head->refs == 0) head->give_back();
  FrameDrop::innermost = outer;
  if (drop.error) [[unlikely]]
    report(core, at, drop.error);
  if (outer) return;
  while (FrameHead* later = going_later) {
    going_later = std::exchange(later->next_cancelled, nullptr);
    drop_frame(Frame::of(later));
  }
}

void let_frame_go(Frame& frame) noexcept {
  if (!FrameDrop::innermost || FrameDrop::innermost->depth < deepest_nested_frame)
    return drop_frame(frame);
  frame.head()->next_cancelled = std::exchange(going_later, frame.head());
}

}  // namespace troupe::detail
