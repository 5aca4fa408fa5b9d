// core/actor_slab.hpp: a parent's children that leave it when they end.
#pragma once
#include <memory>
#include <new>
#include <troupe/core/make_actor.hpp>
#include <troupe/core/ret_do.hpp>

namespace troupe {

/// Owns up to 2^28 children of one type, as a member of their parent. A child that has ended is
/// removed by a call to the parent (see `make_actor_in`, which makes children). Destroying the slab
/// drops the children; replacing it is harmless (keys of an old one match nothing in a new one).
/// Memory follows the highest slot in use: it is given back as children leave.
template <class A> class ActorSlab {
 public:
  using troupe_of_one_runtime = void;
  ActorSlab() noexcept = default;
  ActorSlab(ActorSlab&& other) noexcept { swap(other); }
  ActorSlab& operator=(ActorSlab&& other) noexcept {
    ActorSlab old(std::move(other));
    swap(old);
    return *this;
  }
  ~ActorSlab() { check_still(); }
  /// How many children it owns: also those that have ended and are not removed yet.
  std::size_t size() const noexcept { return live_; }
  bool empty() const noexcept { return live_ == 0; }
  /// Calls f(const ActorOwn<A>&) for each child, in the order of their slots. f may end children;
  /// adding one, or moving, replacing or destroying the slab inside it, ends the process with a
  /// sentence.
  template <class F> void each(F&& f) const {
    const Walk walk(walks_);
    for (std::size_t i = 0; i < top_; ++i)
      if (slots_[i].key & 1) f(slots_[i].own);
  }
  /// Bytes that the slots take.
  std::size_t memory() const noexcept { return room_ * sizeof(Slot); }

  // For make_actor_in: a slot for a child to come; and the end of one.
  std::uint64_t reserve() {
    check_still();
    if (first_free_ == none) grow();
    const std::size_t i = first_free_;
    first_free_ = slots_[i].key >> 1;
    if (top_ <= i) top_ = i + 1;
    slots_[i].key = (next_key_ += 2) &
                    serial_mask;  // odd: in use; unique among all slabs of the program's thread
    ++live_;
    return slots_[i].key | static_cast<std::uint64_t>(i) << serial_bits;
  }
  void set(std::uint64_t key, ActorOwn<A> own) noexcept {
    if (Slot* s = find(key)) s->own = std::move(own);
  }
  void remove(std::uint64_t key) noexcept {
    if (Slot* s = find(key)) {
      s->key = first_free_ << 1;
      --live_;
      first_free_ = static_cast<std::size_t>(s - slots_.get());
      const ActorOwn<A> dies_last = std::move(s->own);
      looks_ += 2;
      while (looks_ != 0 && top_ != 0 && !(slots_[top_ - 1].key & 1)) --top_, --looks_;
      if (top_ <= room_ / 4 && room_ > smallest_room && walks_ == 0) shrink();
    }
  }

 private:
  struct Slot {
    std::uint64_t key = 0;  // even: free, and twice the number of the next free one
    ActorOwn<A> own;
  };
  static constexpr unsigned serial_bits = 36;
  static constexpr std::uint64_t serial_mask = (std::uint64_t{1} << serial_bits) - 1;
  static constexpr std::size_t most = std::size_t{1} << (64 - serial_bits);
  static constexpr std::size_t none = most;
  static constexpr std::size_t smallest_room = 64;  // slots below which it does not shrink
  struct Walk {
    explicit Walk(unsigned& w) noexcept : walks(w) { ++walks; }
    Walk(const Walk&) = delete;
    ~Walk() { --walks; }
    unsigned& walks;
  };
  void check_still() const noexcept {
    if (walks_ != 0) [[unlikely]]
      panic("a slab was added to, moved, replaced or destroyed inside its own each()",
            type_name<A>);
  }
  Slot* find(std::uint64_t key) noexcept {
    const auto i = static_cast<std::size_t>(key >> serial_bits);
    return i < room_ && slots_[i].key == (key & serial_mask) ? &slots_[i] : nullptr;
  }
  void grow() {
    const std::size_t room = room_ ? room_ * 2 : 8;
    if (room > most) TROUPE_THROW(std::bad_alloc{});
    auto bigger = std::make_unique<Slot[]>(room);
    for (std::size_t i = 0; i < room_; ++i) bigger[i] = std::move(slots_[i]);
    for (std::size_t i = room_; i < room; ++i) bigger[i].key = (i + 1 < room ? i + 1 : none) << 1;
    first_free_ = room_;
    slots_ = std::move(bigger);
    room_ = room;
  }
  // Nobody lives in three quarters of the slots.
  void shrink() noexcept {
    std::size_t room = room_;
    while (room > smallest_room && top_ <= room / 4) room /= 2;
    std::unique_ptr<Slot[]> smaller(new (std::nothrow) Slot[room]);
    if (!smaller) return;
    first_free_ = none;
    for (std::size_t i = room; i-- > 0;) {
      if (slots_[i].key & 1) {
        smaller[i] = std::move(slots_[i]);
      } else {
        smaller[i].key = first_free_ << 1;
        first_free_ = i;
      }
    }
    slots_ = std::move(smaller);
    room_ = room;
  }
  void swap(ActorSlab& o) noexcept {
    check_still();
    o.check_still();
    std::swap(top_, o.top_);
    std::swap(looks_, o.looks_);
    std::swap(slots_, o.slots_);
    std::swap(room_, o.room_);
    std::swap(live_, o.live_);
    std::swap(first_free_, o.first_free_);
  }
  static inline constinit thread_local std::uint64_t next_key_ = 1;
  std::unique_ptr<Slot[]> slots_;
  std::size_t room_ = 0, live_ = 0, first_free_ = none;
  std::size_t top_ = 0;    // no slot from here on is in use
  std::size_t looks_ = 0;  // at slots below it that removals have paid for
  mutable unsigned walks_ = 0;
};

namespace detail {
template <class M> struct slab_member;
template <class P, class A> struct slab_member<ActorSlab<A> P::*> {
  using parent = P;
  using child = A;
};

// The call that removes an ended child. Its room was set aside when the child was made, as that of
// a Ret's failure is, so that no bound of the queue and no lack of memory can refuse it.
template <auto Slab, class P> void leave_slab(Box* parent, std::uint64_t key) noexcept {
  auto leave = [](P& p, std::uint64_t k) { (p.*Slab).remove(k); };
  using C = Call<FunctionCall<P>, Pack<decltype(leave), std::uint64_t>>;
  using R = Record<C>;
  static_assert(record_size<C> <= fail_size);
  CallQueue& q = parent->kernel().here().main;
  q.unreserve(fail_size - record_size<C>);
  q.push_reserved<record_size<C>>(
      [&](void* p) {
        ::new (p) R{&R::run, {parent, detail::pack(std::move(leave), std::move(key))}};
      },
      [] {});
}
template <auto Slab> using child_in = typename slab_member<std::remove_cv_t<decltype(Slab)>>::child;
template <auto Slab, class P>
concept a_slab_of = requires { typename child_in<Slab>; } &&
                    std::is_convertible_v<decltype(Slab), ActorSlab<child_in<Slab>> P::*>;
template <auto Slab, class P, class... X>
concept can_be_made_in = a_slab_of<Slab, P> && can_be_made<child_in<Slab>, X...>;
template <auto Slab, class P, class... X> auto find_slab_mistake() {
  if constexpr (!a_slab_of<Slab, P>)
    return name_the_ActorSlab_member_of_the_parent_as_in_make_actor_in_of_P_children{};
  else
    return MakingMistake<child_in<Slab>, X...>{};
}
template <auto Slab, class P, class... X>
using SlabMistake = decltype(find_slab_mistake<Slab, P, X...>());

// The arguments are converted by then: a conversion that throws leaves nothing behind.
template <auto Slab, class P, class... X>
Actor<child_in<Slab>> make_in_slab(Cx<P>& cx, Ret<StopCause>& notify, X&&... args) {
  using A = child_in<Slab>;
  ActorSlab<A>& slab = CxDoor::box_of(cx).template state_of<P>()->*Slab;
  CallQueue& q = CxDoor::box_of(cx).kernel().here().main;
  std::uint64_t key = 0;
  bool is_set_aside = false;
  TROUPE_TRY {
    key = slab.reserve();
    if (!q.reserve(fail_size)) TROUPE_THROW(std::bad_alloc{});
    is_set_aside = true;
    auto told = ret_do(
        [](const Actor<P>& parent, std::uint64_t k, Ret<StopCause> ret, Reply<StopCause> cause) {
          leave_slab<Slab, P>(detail::box_of(parent), k);
          if (cause)
            ret(std::move(*cause));
          else
            ret.fail(cause.error());
        },
        cx.this_actor(), key, std::move(notify));
    is_set_aside = false;  // it is the Ret's now
    ActorOwn<A> own = make_actor<A>(cx, std::move(told), std::move(args)...);
    Actor<A> actor = own;
    slab.set(key, std::move(own));
    return actor;
  }
  TROUPE_CATCH_ALL {
    if (is_set_aside) q.unreserve(fail_size);
    slab.remove(key);
    if (notify) notify.fail(ActorFail(Why::no_memory));
    TROUPE_RETHROW;
  }
}
}  // namespace detail

/// Makes a child in the parent's slab: `make_actor_in<&Server::sessions_>(cx, notify, args...)`.
/// When the child ends, it leaves the slab by a call to the parent. In a parent that is in Prep the
/// removal waits until it is ready. A full queue does not refuse the removal.
/// @param cx the parent's, in one of its handlers or in its constructor behind the slab
/// @param notify hears the `StopCause` once when the child has ended, its state is destroyed and
/// the call that removes it is queued; `ret_nop` if nobody cares. A method of the parent's, named
/// by `ret_to`, finds the child gone; it hears nothing if the parent has ended. A function of
/// `ret_do` runs at once, in the turn that ends the child: it finds it still in the slab, as a
/// zombie. It runs in any case: also when the parent or the slab has gone, or the runtime ends; a
/// child that nothing else has ended hears `StopCause::dropped` then. What the function throws
/// harms neither: see ret_do().
/// @param args as for make_actor()
/// @returns a handle that does not own
///
/// Errors: as make_actor(), and bad_alloc for a slot; `notify` hears `no_memory` then.
template <auto Slab, class P, class... X>
  requires detail::can_be_made_in<Slab, P, detail::MadeOf<X>...>
Actor<detail::child_in<Slab>> make_actor_in(Cx<P>& cx, Ret<StopCause> notify, X&&... args) {
  return detail::make_in_slab<Slab>(cx, notify, detail::MadeOf<X>(std::forward<X>(args))...);
}
template <auto Slab, class P, class... X,
          class Mistake = detail::SlabMistake<Slab, P, detail::MadeOf<X>...>>
  requires(!std::is_same_v<Mistake, detail::no_mistake>)
detail::Refused make_actor_in(Cx<P>&, Ret<StopCause>, X&&...) = delete;  // see Mistake
template <auto Slab, class P, class... X, class Mistake = detail::NotifyMistake<X...>>
  requires(detail::lacks_a_notify<X...>)
detail::Refused make_actor_in(Cx<P>&, X&&...) = delete;  // see Mistake

}  // namespace troupe
