// core/life.hpp: how an actor ends: by itself, by an exception, by its owner, by its runtime.
// (internal)
//
// All ways lead to end_actor(), once: tasks, state, notices. What an actor says in a turn of its
// own takes effect when the turn is over; what is said elsewhere comes as a record of the queue. A
// sweep sees to what found no room there.
#pragma once
#include <troupe/core/box.hpp>
#include <troupe/core/drop_scope.hpp>
#include <type_traits>

namespace troupe::detail {

void end_actor(Box& box, StopCause&& cause) noexcept;  // tasks, state, notices: once
void say_end(Box& box,
             StopCause&& cause) noexcept;  // stop() or fail(): when the handler has returned
void kill(Box& box, Error&& error);        // by an item of the queue, which owns it until then
void stop_when_idle(Box& box) noexcept;    // soon, if it has no task then
void task_gone(Box& box) noexcept;         // a task of it has ended, perhaps the last
void end_dropped(Box& box) noexcept;       // its last owner has gone
TROUPE_COLD void never_constructed(Box& box,
                                   Why why) noexcept;  // the queue was full or closed: it fails
TROUPE_COLD void never_started(Box& box,
                               Why why) noexcept;  // so it does, if nothing else starts it

void end_stopping(Box& box) noexcept;  // after a turn in which it said stop() or fail()
// Ends it if it has said so in its turn.
inline void end_if_leaving(Box& box) noexcept {
  if (box.state == ActorState::leaving || box.state == ActorState::leaving_prep) end_stopping(box);
}
// An actor that said so in a turn which was not known as its own.
inline void end_late_stop(Kernel& kernel) noexcept {
  if (kernel.stopping_actor) [[unlikely]]
    end_stopping(static_cast<Box&>(*kernel.stopping_actor));
}

// Inside a catch: a handler threw; what dies while this lives is told so, then the actor ends.
struct Thrown {
  explicit Thrown(Box& box) noexcept;
  Thrown(const Thrown&) = delete;
  struct Ends {  // once nothing dies for it any more
    ~Ends();
    Box& box;
    Error error;
  } ends;
  DropScope why;
};
inline void thrown(Box& box) noexcept { const Thrown ends(box); }  // where nothing else dies

// What found no room in the queue, at most `most` of it. @returns how many that were
std::size_t sweep(Kernel& kernel, std::size_t most) noexcept;

// The record of the last owner's end, whose usual case is here: nobody asked to hear, and the
// compiler sees the destructor.
template <class A> struct OwnerEnd {
  static std::byte* run(Core* core, std::byte* at) noexcept {
    Box& b = *reinterpret_cast<EndingRecord*>(at)->box;
    if (core) [[likely]] {
      Kernel& k = kernel_of(*core);
      const bool unheard = !b.notice & !b.tasks & !k.logger.allows(LogLevel::close);
      if (b.is_plain() && unheard) [[likely]] {
        b.state = ActorState::zombie;
        if constexpr (!std::is_trivially_destructible_v<A>) {
          DropScope why{DropScope::why_or(Why::dropped), &b};
          b.state_of<A>()->~A();
        }
        if (--b.refs == 0) k.main.bury(&b);
      } else {
        end_dropped(b);
      }
    }
    return at + sizeof(EndingRecord);
  }
};

}  // namespace troupe::detail
