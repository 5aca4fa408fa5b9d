// core/cx.hpp: the header of an actor's box, which is also what its handlers get.
//
// `Cx<A>` *is* the header: nothing is built for a call, and a `Cx<A>&` stays valid as long as the actor's tasks. The
// header is 32 bytes; the state stands right behind it, then 8 bytes for the id. Header and small state lie in at most
// two adjacent cache lines, both prefetched when a call is queued.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <troupe/base/time.hpp>
#include <troupe/core/fail.hpp>

namespace troupe {

class Core;
template <class A> class Actor;

namespace detail {
struct OwnedTask;
struct Notice;

struct Kind {  // one per type of actor
  std::string_view name;
  std::uint32_t pool_class;              // of the box
  std::uint32_t id_at;                   // where the id stands, from the box's start
  void (*destroy)(CxBase&);              // the state only
  std::byte* (*end)(Core*, std::byte*);  // the step of the record that ends it when its last owner has gone
};
}  // namespace detail

/// Where an actor is in its life. `prep` holds calls; `ready` runs them; from `dying` on they are dropped.
enum class ActorState : std::uint8_t {
  prep,          // no state yet
  ready,         // lives
  leaving_prep,  // said stop() or fail() while in prep
  leaving,       // said stop() or fail(): ends when control returns to the runtime
  dying,         // zombie for everyone; its tasks are being dropped
  parked,        // its state waits until foreign code has let go of its tasks
  zombie,        // has ended; a cell of the pool that holds no actor says so too
};

/// What the handlers of every actor can do.
class CxBase {
 public:
  using troupe_not_storable = void;
  CxBase(const CxBase&) = delete;  // lent for one handler: cx.this_actor() is a handle that may be kept
  /// A `Cx` is lent for one handler: its address is not for keeping. `cx.this_actor()` is a handle that may be kept.
  void operator&() const = delete;  // lent for one handler: cx.this_actor() is a handle that may be kept
  Core& core() noexcept;
  operator Core&() noexcept { return core(); }
  /// The instant that the host gave to the run that is going on. Constant within a run.
  Instant now() noexcept;
  /// Number of this actor, unique within its runtime, counted from 1 in the order of making.
  std::uint64_t id() const noexcept;
  /// Gives the actor a name for listings, logs and failure reports. Allocates; may throw bad_alloc.
  void set_name(std::string_view name);
  /// Ends this actor with `StopCause::stopped` when control returns to the runtime; the handler runs to its end first.
  /// The first of stop, fail and an exception of the turn counts. Without effect while the actor ends. Where it is
  /// called outside of the actor's own turn (in a destructor of a task that somebody else cancelled), the actor ends
  /// soon.
  void stop() noexcept;
  /// Ends this actor with `StopCause::stopped` once it has no task: at the end of the last of its coroutine handlers,
  /// or soon if it has none. Until then it goes on as before; calls run, and tasks that begin are waited for as well.
  void stop_after_tasks() noexcept;
  /// Ends this actor with `StopCause::failed`, like stop().
  void fail(Error error) noexcept;
  void fail(std::string_view text) noexcept { fail(Error(text)); }
  void fail(std::exception_ptr exception) noexcept { fail(Error(std::move(exception))); }

 protected:
  friend struct detail::Access;
  explicit CxBase(const detail::Kind& kind) noexcept : kind_(&kind) {}
  std::uint32_t refs_ = 2;    // handles, and one for being alive
  std::uint16_t owners_ = 1;  // saturates: an actor with 65535 owners at once lives until it stops itself
  ActorState state_ = ActorState::prep;
  bool named_ : 1 = false;
  bool last_task_stops_ : 1 = false;
  bool has_parked_ : 1 = false;  // a task of it, dropped before, waits until foreign code lets go: so does its state
  // Its start found no room in the queue (1) or no memory for it (2): it fails, unless it is started otherwise.
  std::uint8_t refused_ : 2 = 0;
  bool watches_ : 1 = false;       // others: it leaves them when it ends
  bool closed_ : 1 = false;        // the log has heard of its end, while its state waits
  std::uint8_t no_flags_ : 1 = 0;  // so that all flags are read as one byte
  const detail::Kind* kind_;
  detail::Notice* notice_ = nullptr;    // who hears of the end; null when nobody asked
  detail::OwnedTask* tasks_ = nullptr;  // emptied from its head, never iterated
};
static_assert(sizeof(CxBase) == 32);

/// The context of a handler of `A`: itself, its runtime's core, its end. Lent by the runtime for the handler (and for
/// the life of a coroutine handler); cannot be copied, stored or queued. One that was kept by other means and is used
/// in another actor's turn ends a debug build with a sentence. Converts to `Core&`.
template <class A> class Cx : public CxBase {
  friend struct detail::Access;
  using CxBase::CxBase;

 public:
  /// A handle to this actor. Cost: one count.
  Actor<A> this_actor() noexcept;
};

/// The context of a starting actor that has no state yet. See `make_actor_prep`.
template <class A> class Prep : public CxBase {
 public:
  /// Builds the state with `A(cx, args...)`, or `A(args...)` where that fits, at once. Calls held so far run when this
  /// handler returns, in their order, ahead of the queue. Later preparing calls are dropped. Ignored when the state
  /// exists. An exception of the constructor passes through and fails the actor unless it is caught.
  template <class... X> void ready(X&&... args);
  Actor<A> this_actor() noexcept;
};

}  // namespace troupe
