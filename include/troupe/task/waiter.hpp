// task/waiter.hpp: who waits at an object of ours: a link in the object's ring, which either side
// may leave any time. (internal)
//
// An event, a mutex, a queue keeps rings of waiters, in the order in which they came. A waiter
// lives in its awaiter, so waiting takes no memory. It leaves its ring when it is destroyed; an
// object that is destroyed first lets go of its waiters and tells them that nothing will come.
// Waking only queues: no user code runs inside set() or unlock().
#pragma once
#include <troupe/task/in_mode.hpp>
#include <troupe/task/ring.hpp>

namespace troupe::detail {

using Link = RingLink;

class Waiter : public Link {
 public:
  enum class State : std::uint8_t {
    idle,
    waiting,
    granted,  // what it waits for is its own, though it has not resumed yet
    lost,     // the object has gone
    taken,    // resumed
    stored,   // moved before it is awaited: in its object's ring of those, which the object leaves
              // if it goes
  };
  Waiter() noexcept = default;
  ~Waiter() {
    if (keeps_core_) kernel_of(*core_).release();
  }
  void wait(Link& ring, Wake w, std::string_view what) noexcept {
    if (Strand* s = w.strand()) [[likely]]
      core_ = s->core;
    else
      keep_core(what);
    enlist(ring, w);
  }
  // Leaves its ring and is resumed by the queue.
  void grant() noexcept {
    unlink();
    state = State::granted;
    wake_.fire(*core_);
  }
  // The same, but the object still knows of it until it has resumed.
  void grant(Link& ring) noexcept {
    grant();
    join(ring);
  }
  void lose() noexcept;  // also one that was granted
  // Takes the place of one that is not awaited yet. `ring`: where the object keeps such ones.
  template <class Ring> void take_place(Waiter& other, const Ring& ring) noexcept {
    if (other.state == State::idle || (other.state == State::stored && !other.alone())) {
      state = State::stored;
      other.state == State::idle ? join(ring()) : replace(other);
    } else if (other.state == State::lost || other.state == State::stored) {
      state = State::lost;
    } else {
      expect_not_awaited(true, "at an object");
    }
  }
  // Where it is awaited. Of one that is not plainly idle: whether the object is still there.
  bool has_object() noexcept {
    if (state == State::stored) {
      state = alone() ? State::lost : State::idle;
      unlink();
    }
    return state != State::lost;
  }

  State state = State::idle;
  std::uintptr_t data = 0;  // the object's own

 private:
  void keep_core(std::string_view what) noexcept;
  void enlist(Link& ring, Wake w) noexcept {
    wake_ = w;
    state = State::waiting;
    join(ring);
  }
  Wake wake_;
  Core* core_ = nullptr;
  bool keeps_core_ = false;  // a coroutine of a foreign type may outlive the runtime
};

void grant_all(Link& ring) noexcept;  // in order
void lose_all(Link& ring) noexcept;
const ActorFail& object_gone() noexcept;
ActorFail why_missed(const Waiter& waiter) noexcept;  // of one that was resumed, and not granted
void lose_at_once(Wake waiter,
                  std::string_view what) noexcept;  // it waits for an object that has gone before

// What waits at an object by an operation `Op`, which says how: begin(waiter) tries at once,
// without waiting; ring(waiter) is where to wait; take(waiter) is the result of what was granted;
// leave(waiter) undoes what was granted to a waiter that will not take it, or hears that one has
// left the ring; stored() is where those are known that were stored before they are awaited;
// reply_type is what it gives under Mode::reply.
template <Mode M, class Op> class ObjectAwait : public Awaiter<ObjectAwait<M, Op>, M> {
 public:
  static constexpr const char* what = Op::what;
  using troupe_not_storable = void;
  ObjectAwait(Op&& op, bool object_has_gone) noexcept : op_(std::move(op)) {
    if (object_has_gone) [[unlikely]]
      waiter_.state = Waiter::State::lost;
    else
      here_.know(op_.stored());
  }
  ObjectAwait(ObjectAwait&& other) noexcept
      : ObjectAwait::Awaiter(std::move(other)), op_(std::move(other.op_)) {
    other.here_.expect_object(what);
    waiter_.take_place(other.waiter_, [this]() noexcept -> Link& { return op_.stored(); });
  }
  ~ObjectAwait() {
    if (waiter_.state == Waiter::State::waiting || waiter_.state == Waiter::State::granted) {
      waiter_.unlink();
      op_.leave(waiter_);
    }
  }
  /// For reports: whether anything can still wake it.
  bool armed() const noexcept { return waiter_.state == Waiter::State::waiting; }
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    if (waiter_.state != Waiter::State::idle) [[unlikely]]
      if (!waiter_.has_object()) return M != Mode::drop;
    here_.expect_object(what);
    if (!op_.begin(waiter_)) return false;
    waiter_.state = Waiter::State::granted;
    return true;
  }
  void wait(Wake w) noexcept {
    if (waiter_.state == Waiter::State::lost) [[unlikely]]
      return lose_at_once(w, what);
    waiter_.wait(op_.ring(waiter_), w, what);
  }
  auto await_resume() {
    const bool missed = waiter_.state != Waiter::State::granted;
    if (!missed) waiter_.state = Waiter::State::taken;
    return detail::result_in<M, typename Op::reply_type>(
        !missed, [&] { return op_.take(waiter_); }, [&] { return why_missed(waiter_); });
  }

 private:
  mutable Op op_;
  mutable Waiter waiter_;
  [[no_unique_address]] NotStored here_;
};
}  // namespace troupe::detail

namespace troupe {

/// What an object's waiting functions return. `co_await x` gives the value, and ends the task there
/// if the object is destroyed meanwhile; `co_await x.reply()` gives `std::expected<T, ActorFail>`
/// instead, `co_await x.value()` throws ActorFailed. Await it once, in the expression that makes it
/// or as an rvalue, in a task or in any coroutine that runs inside a run. One that was stored
/// before it is awaited, by race() or in a container, may outlive its object: then awaiting it
/// finds that the object has gone. One that a function returns may not: debug builds end the
/// process then. Dropping the task leaves the object's line. No allocation.
template <class Op> class [[nodiscard("does nothing until it is awaited")]] ObjectWait {
 public:
  using troupe_of_one_runtime = void;
  using troupe_not_storable = void;
  explicit ObjectWait(Op op) noexcept : op_(std::move(op)) { here_.know(op_.stored()); }
  ObjectWait(ObjectWait&& other) noexcept : op_(std::move(other.op_)) {
    other.here_.expect_object(Op::what);
    place_.move_from(other.place_, [this]() noexcept -> detail::Link& { return op_.stored(); });
  }
  auto operator co_await() && noexcept { return awaiter<Mode::drop>(); }
  auto reply() && noexcept { return detail::InMode<Mode::reply, ObjectWait>(std::move(*this)); }
  auto value() && noexcept { return detail::InMode<Mode::value, ObjectWait>(std::move(*this)); }

 private:
  friend struct detail::AsksOrigin;
  friend struct detail::EachMode;
  auto origin() const noexcept
    requires requires(const Op& op) { op.origin(); }
  {
    return place_.object_has_gone() ? decltype(op_.origin())() : op_.origin();
  }
  template <Mode M> detail::ObjectAwait<M, Op> awaiter() noexcept {
    here_.expect_object(Op::what);
    return detail::ObjectAwait<M, Op>(std::move(op_), place_.object_has_gone());
  }
  Op op_;
  detail::StoredPlace place_;
  [[no_unique_address]] detail::NotStored here_;
};

}  // namespace troupe
