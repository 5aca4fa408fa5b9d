// core/cx.hpp: the header of an actor's box, which is also what its handlers get.
//
// `Cx<A>` *is* the header (core/box_header.hpp): nothing is built for a call, and a `Cx<A>&` stays
// valid as long as the actor's tasks.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <troupe/base/time.hpp>
#include <troupe/core/actor.hpp>
#include <troupe/core/core.hpp>
#include <troupe/core/error.hpp>
#include <troupe/core/held.hpp>

namespace troupe {

class CxBase;
template <class A> class Cx;
namespace detail {
// The one way from a context to its box, and back.
struct CxDoor {
  static Box& box_of(CxBase& cx) noexcept;
  template <class C> TROUPE_INLINE static C& as(Box& box) noexcept { return static_cast<C&>(box); }
  template <class A> static Box& make(void* cell, const ActorType& type) noexcept {
    return *::new (cell) Cx<A>(type);
  }
};
}  // namespace detail

/// What the handlers of every actor can do.
class CxBase : private detail::Box {
 public:
  using troupe_not_storable = void;
  CxBase(const CxBase&) = delete;  // lent for one handler: keep cx.this_actor(), a handle
  /// A `Cx` is lent for one handler: its address is not for keeping. `cx.this_actor()` is a handle
  /// that may be kept.
  void operator&() const = delete;  // lent for one handler: keep cx.this_actor(), a handle
  /// The core of the actor's runtime.
  Core& core() noexcept { return check_lent(), Box::core(); }
  operator Core&() noexcept { return core(); }
  /// The instant that the host gave to the run that is going on. Constant within a run.
  Instant now() noexcept { return core().now(); }
  /// Number of this actor, unique within its runtime, counted from 1 in the order of making.
  std::uint64_t id() const noexcept { return Box::id(); }
  /// Gives the actor a name for listings, logs and failure reports.
  /// @throws std::bad_alloc when there is no memory
  void set_name(std::string_view name);
  /// Ends this actor with `StopCause::stopped` when control returns to the runtime; the handler
  /// runs to its end first. The first of stop, fail and an exception of the turn counts. Without
  /// effect while the actor ends. Where it is called outside of the actor's own turn (in a
  /// destructor of a task that somebody else cancelled), the actor ends soon.
  void stop() noexcept;
  /// Ends this actor with `StopCause::stopped` once it has no task: at the end of the last of its
  /// coroutine handlers, or soon if it has none. Until then it goes on as before; calls run, and
  /// tasks that begin are waited for as well.
  void stop_after_tasks() noexcept;
  /// Ends this actor with `StopCause::failed`, like stop().
  void fail(Error error) noexcept;
  void fail(std::string_view text) noexcept { fail(Error(text)); }
  void fail(std::exception_ptr exception) noexcept { fail(Error(std::move(exception))); }

 private:
  friend struct detail::CxDoor;
  template <class A> friend class Cx;
  template <class A> friend class Prep;
  using Box::Box;
};
static_assert(sizeof(CxBase) == 32);

/// The context of a handler of `A`: itself, its runtime's core, its end. Lent by the runtime
/// for the handler (and for the life of a coroutine handler); cannot be copied, stored or queued.
/// One that was kept by other means and is used in another actor's turn ends a debug build with a
/// sentence. Converts to `Core&`.
template <class A> class Cx : public CxBase {
 public:
  /// A handle to this actor. Cost: one count.
  Actor<A> this_actor() noexcept { return detail::handle_of<A>(*this); }

 private:
  friend struct detail::CxDoor;
  using CxBase::CxBase;
};

namespace detail {
inline Box& CxDoor::box_of(CxBase& cx) noexcept { return cx; }
inline Box* box_of(CxBase& cx) noexcept { return std::addressof(CxDoor::box_of(cx)); }

// Makes the state of an actor in Prep. What the constructor throws passes through. @returns the
// calls that were held
template <class A, class... X> Held* become(Box& box, X&&... args) {
  Held* waiting = std::exchange(box.held(), nullptr);
  void* at = box.state_of<A>();
  TROUPE_TRY {
    if constexpr (std::is_constructible_v<A, Cx<A>&, X&&...>)
      ::new (at) A(CxDoor::as<Cx<A>>(box), std::forward<X>(args)...);
    else
      ::new (at) A(std::forward<X>(args)...);
  }
  TROUPE_CATCH_ALL {
    box.held() = waiting;  // its end drops what was held
    TROUPE_RETHROW;
  }
  box.state = box.state == ActorState::prep ? ActorState::ready : ActorState::leaving;
  return waiting;
}
}  // namespace detail

/// The context of a starting actor that has no state yet. See `make_actor_prep`.
template <class A> class Prep : public CxBase {
 public:
  /// Builds the state with `A(cx, args...)`, or `A(args...)` where that fits, at once. Calls held
  /// so far run when this handler returns, in their order, ahead of the queue. Later preparing
  /// calls are dropped. Ignored when the state exists. An exception of the constructor passes
  /// through and fails the actor unless it is caught.
  template <class... X> void ready(X&&... args) {
    check_lent();
    if (state == ActorState::prep)  // having said stop() or fail() it never becomes ready
      kernel().flush = detail::become<A>(*this, std::forward<X>(args)...);
  }
  /// A handle to this actor. Cost: one count.
  Actor<A> this_actor() noexcept { return detail::handle_of<A>(*this); }

 private:
  friend struct detail::CxDoor;
};

}  // namespace troupe
