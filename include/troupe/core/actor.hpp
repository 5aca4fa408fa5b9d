// core/actor.hpp: the handles: `Actor` names an actor, `ActorOwn` keeps it alive.
//
// Both are 8 bytes, a counted pointer to the box. Handles that outlive their actor or their runtime are inert: calls
// through them are dropped, and the Rets inside hear so.
#pragma once
#include <troupe/core/life.hpp>
#include <troupe/core/method.hpp>

namespace troupe {

namespace detail {
class ActorRef {  // what Actor and ActorOwn share
 public:
  /// Whether the actor has ended, or this handle is empty. True from the beginning of its end on, also while its state
  /// still waits for tasks that foreign code holds. May be out of date when a call runs: to learn that a call was lost,
  /// and why, pass a `Ret`.
  bool is_zombie() const noexcept { return !box_ || Access::state(*box_) >= ActorState::dying; }
  /// Whether this handle names an actor at all (it was not moved from).
  explicit operator bool() const noexcept { return box_ != nullptr; }
  /// The actor's number in its runtime; 0 for an empty handle.
  std::uint64_t id() const noexcept { return box_ ? box_->id() : 0; }
  /// The name that the actor gave itself; empty if it has none. Valid until it ends.
  std::string_view name() const noexcept { return box_ ? Access::name_of(*box_) : std::string_view{}; }
  /// A handle gives no way to the state, which belongs to its actor alone.
  void operator->() const = delete;  // an actor is called, not entered: call<&A::m>(actor, args...)
  void operator*() const = delete;   // an actor is called, not entered: call<&A::m>(actor, args...)

 protected:
  friend struct Access;
  explicit ActorRef(CxBase* box = nullptr) noexcept : box_(box) {}
  CxBase* box_;
};

template <class Derived, class Base>
concept derives_from = std::is_base_of_v<Base, Derived> && !std::is_same_v<Base, Derived>;
// Where a virtual base lies is known only to a state, and an actor in Prep has none.
template <class Derived, class Base>
concept derives_virtually_from = derives_from<Derived, Base> && !requires(Base* base) { static_cast<Derived*>(base); };
}  // namespace detail

/// Names an actor: to call it, to pass it on. Does not keep it alive. Copying costs one count; converts to
/// `Actor<Base>` where Base is the first base class (checked when converted). One runtime's thread only.
template <class A> class Actor : public detail::ActorRef {
 public:
  Actor() noexcept = default;
  Actor(const Actor& other) noexcept : ActorRef(other.box_) {
    if (box_) detail::Access::ref(box_);
  }
  Actor(Actor&& other) noexcept : ActorRef(std::exchange(other.box_, nullptr)) {}
  Actor(const ActorOwn<A>& owner) noexcept : Actor(box_of(owner)) {}
  template <detail::derives_from<A> D> Actor(const Actor<D>& other) noexcept : Actor(upcast<D>(box_of(other))) {}
  template <detail::derives_from<A> D> Actor(const ActorOwn<D>& other) noexcept : Actor(upcast<D>(box_of(other))) {}
  // clang-format off
  template <detail::derives_virtually_from<A> D> Actor(const Actor<D>&) = delete;  // Base is a virtual, ambiguous or private base
  template <detail::derives_virtually_from<A> D> Actor(const ActorOwn<D>&) = delete;  // Base is a virtual, ambiguous or private base
  // clang-format on
  Actor& operator=(Actor other) noexcept { return std::swap(box_, other.box_), *this; }
  ~Actor() {
    if (box_) detail::Access::unref(box_);
  }
  friend bool operator==(const Actor& a, const Actor& b) noexcept { return a.box_ == b.box_; }

 private:
  friend struct detail::Access;
  explicit Actor(CxBase* box) noexcept : ActorRef(box) {
    if (box_) detail::Access::ref(box_);
  }
  static CxBase* box_of(const ActorRef& r) noexcept { return detail::Access::box_of(r); }
  template <class D> static CxBase* upcast(CxBase* box) noexcept {
    if (box) detail::expect_first_base<A>(detail::Access::state_of<D>(box));
    return box;
  }
};

/// Keeps an actor alive: the actor ends when its last owner goes (deferred: calls made before still run). Owners move;
/// `owned()` makes another. Actors that own one another in a circle never end by themselves.
template <class A> class ActorOwn : public detail::ActorRef {
 public:
  ActorOwn() noexcept = default;
  ActorOwn(const ActorOwn&) = delete;  // std::move it, or owned() for a second owner, or actor() for a handle
  ActorOwn(ActorOwn&& other) noexcept : ActorRef(std::exchange(other.box_, nullptr)) {}
  ActorOwn& operator=(ActorOwn other) noexcept { return std::swap(box_, other.box_), *this; }
  ~ActorOwn() {
    if (box_) detail::Access::disown(box_);
  }
  /// Another owner of the same actor.
  ActorOwn owned() const noexcept {
    ActorOwn o(box_);
    if (box_) detail::Access::own(box_);
    return o;
  }
  /// A handle that does not own.
  Actor<A> actor() const noexcept { return *this; }
  /// Ends the actor with `StopCause::killed` by an item of the queue, which owns the actor until then: so it is killed
  /// and not dropped when this owner goes first. Without effect on one that has ended. Queued also where the queue is
  /// at its bound; throws bad_alloc when there is no memory.
  void kill(Error error) const;
  void kill(std::string_view text) const { kill(Error(text)); }

 private:
  friend struct detail::Access;
  template <class B> friend class ActorOwn;
  friend class ActorOwnAnon;
  explicit ActorOwn(CxBase* box) noexcept : ActorRef(box) {}
};

/// Owns an actor without saying of which type. 8 bytes.
class ActorOwnAnon {
 public:
  ActorOwnAnon() noexcept = default;
  template <class A> ActorOwnAnon(ActorOwn<A>&& owner) noexcept : box_(std::exchange(owner.box_, nullptr)) {}
  ActorOwnAnon(ActorOwnAnon&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  ActorOwnAnon& operator=(ActorOwnAnon other) noexcept { return std::swap(box_, other.box_), *this; }
  ~ActorOwnAnon() {
    if (box_) detail::Access::disown(box_);
  }
  explicit operator bool() const noexcept { return box_ != nullptr; }

 private:
  CxBase* box_ = nullptr;
};

template <class A> inline Actor<A> Cx<A>::this_actor() noexcept { return detail::Access::handle<A>(this); }
template <class A> inline Actor<A> Prep<A>::this_actor() noexcept { return detail::Access::handle<A>(this); }
template <class A> template <class... X> void Prep<A>::ready(X&&... args) {
  if (state_ == ActorState::prep)  // having said stop() or fail() it never becomes ready
    detail::Access::set_flush(core(), detail::Access::become<A>(this, std::forward<X>(args)...));
}

namespace detail {
// The box that a target names; an empty handle is a broken contract.
inline CxBase* box_of(const ActorRef& r) noexcept { return Access::box_of(r); }
inline CxBase* box_of(CxBase& b) noexcept { return std::addressof(b); }
}  // namespace detail

}  // namespace troupe
