// core/actor.hpp: the handles: `Actor` names an actor, `ActorOwn` keeps it alive.
//
// Both are 8 bytes, a counted pointer to the box. Handles that outlive their actor or their runtime
// are inert: calls through them are dropped, and the Rets inside hear so.
#pragma once
#include <troupe/base/panic.hpp>
#include <troupe/base/type_name.hpp>
#include <troupe/core/life.hpp>

namespace troupe {

template <class A> class Actor;
template <class A> class ActorOwn;

namespace detail {
class ActorRef {  // what Actor and ActorOwn share
 public:
  using troupe_of_one_runtime = void;
  /// Whether the actor has ended, or this handle is empty. True from the beginning of its end on,
  /// also while its state still waits for tasks that foreign code holds. May be out of date when a
  /// call runs: to learn that a call was lost, and why, pass a `Ret`.
  bool is_zombie() const noexcept { return !box_ || box_->has_ended(); }
  /// Whether this handle names an actor at all (it was not moved from).
  explicit operator bool() const noexcept { return box_ != nullptr; }
  /// The actor's number in its runtime; 0 for an empty handle.
  std::uint64_t id() const noexcept { return box_ ? box_->id() : 0; }
  /// The name that the actor gave itself; empty if it has none. Valid until it ends.
  std::string_view name() const noexcept { return box_ ? box_->name() : std::string_view{}; }
  /// A handle gives no way to the state, which belongs to its actor alone.
  void operator->() const = delete;  // an actor is called, not entered: call<&A::m>(actor, args...)
  void operator*() const = delete;   // an actor is called, not entered: call<&A::m>(actor, args...)

 protected:
  friend Box* box_of(const ActorRef& ref) noexcept;
  explicit ActorRef(Box* box = nullptr) noexcept : box_(box) {}
  Box* box_;
};

// The box that a handle names; null for an empty one.
inline Box* box_of(const ActorRef& ref) noexcept { return ref.box_; }
// A handle to a box, which counts it.
template <class A> Actor<A> handle_of(Box& box) noexcept;
// The first owner, of a box that was just made and counts it already.
template <class A> ActorOwn<A> first_owner_of(Box& box) noexcept;

// A handle or a context of a base class takes the state's address for that of the base.
template <class Base, class D> TROUPE_INLINE void expect_first_base(D* state) noexcept {
  if (static_cast<void*>(static_cast<Base*>(state)) != static_cast<void*>(state)) [[unlikely]]
    panic("an Actor<Base> or a Cx<Base> needs Base to be the first base class", type_name<D>);
}

template <class Derived, class Base>
concept derives_from = std::is_base_of_v<Base, Derived> && !std::is_same_v<Base, Derived>;
// Where a virtual base lies is known only to a state, and an actor in Prep has none.
template <class Derived, class Base>
concept derives_virtually_from =
    derives_from<Derived, Base> && !requires(Base* base) { static_cast<Derived*>(base); };
}  // namespace detail

/// Names an actor: to call it, to pass it on. Does not keep it alive. Copying costs one count;
/// converts to `Actor<Base>` where Base is the first base class (checked when converted). One
/// runtime's thread only.
template <class A> class Actor : public detail::ActorRef {
 public:
  Actor() noexcept = default;
  Actor(const Actor& other) noexcept : ActorRef(other.box_) {
    if (box_) box_->ref();
  }
  Actor(Actor&& other) noexcept : ActorRef(std::exchange(other.box_, nullptr)) {}
  Actor(const ActorOwn<A>& owner) noexcept : Actor(detail::box_of(owner)) {}
  template <detail::derives_from<A> D>
  Actor(const Actor<D>& other) noexcept : Actor(upcast<D>(detail::box_of(other))) {}
  template <detail::derives_from<A> D>
  Actor(const ActorOwn<D>& other) noexcept : Actor(upcast<D>(detail::box_of(other))) {}
  template <detail::derives_virtually_from<A> D,
            class Mistake = detail::an_Actor_converts_to_no_virtual_private_or_ambiguous_base>
  Actor(const Actor<D>&) = delete;  // see Mistake
  template <detail::derives_virtually_from<A> D,
            class Mistake = detail::an_Actor_converts_to_no_virtual_private_or_ambiguous_base>
  Actor(const ActorOwn<D>&) = delete;  // see Mistake
  Actor& operator=(Actor other) noexcept { return std::swap(box_, other.box_), *this; }
  ~Actor() {
    if (box_) box_->unref();
  }
  friend bool operator==(const Actor& a, const Actor& b) noexcept { return a.box_ == b.box_; }

 private:
  friend Actor detail::handle_of<A>(detail::Box& box) noexcept;
  explicit Actor(detail::Box* box) noexcept : ActorRef(box) {
    if (box_) box_->ref();
  }
  template <class D> static detail::Box* upcast(detail::Box* box) noexcept {
    if (box) detail::expect_first_base<A>(box->template state_of<D>());
    return box;
  }
};

/// Keeps an actor alive: the actor ends when its last owner goes (deferred: calls made before still
/// run). Owners move; `owned()` makes another. Actors that own one another in a circle never end by
/// themselves.
template <class A> class ActorOwn : public detail::ActorRef {
 public:
  ActorOwn() noexcept = default;
  ActorOwn(const ActorOwn&) = delete;  // std::move it; owned() is a second owner, actor() a handle
  ActorOwn(ActorOwn&& other) noexcept : ActorRef(std::exchange(other.box_, nullptr)) {}
  ActorOwn& operator=(ActorOwn other) noexcept { return std::swap(box_, other.box_), *this; }
  ~ActorOwn() {
    if (box_) box_->disown();
  }
  /// Another owner of the same actor.
  ActorOwn owned() const noexcept {
    ActorOwn o(box_);
    if (box_) box_->own();
    return o;
  }
  /// A handle that does not own.
  Actor<A> actor() const noexcept { return *this; }
  /// Ends the actor with `StopCause::killed` by an item of the queue, which owns the actor until
  /// then: so it is killed and not dropped when this owner goes first. Without effect on one that
  /// has ended. Queued also where the queue is at its bound.
  /// @throws std::bad_alloc when there is no memory
  void kill(Error error) const {
    if (!is_zombie()) detail::kill(*box_, std::move(error));
  }
  void kill(std::string_view text) const { kill(Error(text)); }

 private:
  friend ActorOwn detail::first_owner_of<A>(detail::Box& box) noexcept;
  friend class ActorOwnAnon;
  explicit ActorOwn(detail::Box* box) noexcept : ActorRef(box) {}
};

/// Owns an actor without saying of which type. 8 bytes.
class ActorOwnAnon {
 public:
  using troupe_of_one_runtime = void;
  ActorOwnAnon() noexcept = default;
  template <class A>
  ActorOwnAnon(ActorOwn<A>&& owner) noexcept : box_(std::exchange(owner.box_, nullptr)) {}
  ActorOwnAnon(ActorOwnAnon&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  ActorOwnAnon& operator=(ActorOwnAnon other) noexcept {
    return std::swap(box_, other.box_), *this;
  }
  ~ActorOwnAnon() {
    if (box_) box_->disown();
  }
  explicit operator bool() const noexcept { return box_ != nullptr; }

 private:
  detail::Box* box_ = nullptr;
};

namespace detail {
template <class A> Actor<A> handle_of(Box& box) noexcept { return Actor<A>(&box); }
template <class A> ActorOwn<A> first_owner_of(Box& box) noexcept { return ActorOwn<A>(&box); }
}  // namespace detail

}  // namespace troupe
