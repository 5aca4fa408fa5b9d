// task/group.hpp: several tasks awaited by one: what all(), race(), scopes and their kin are made
// of. (internal)
//
// Each child is a task of its own, of the same owner as who awaits it, and its outcome goes into a
// slot (child.hpp). The group, a cell of the pool that holds the slots, hears of each child's end,
// and is counted by its children: one that foreign code holds on to may outlive its awaiter.
#pragma once
#include <troupe/task/awaiter.hpp>
#include <troupe/task/child.hpp>
#include <troupe/task/waiter.hpp>

namespace troupe::detail {

class Group {
 public:
  enum class Rule : std::uint8_t {
    all,    // the first failure decides
    race,   // the first end decides
    any,    // the first success decides
    scope,  // as all; lives on when there is no child
  };
  enum class Outcome : std::uint8_t { pending, success, thrown, lost };
  using Destroy = void (*)(Group*) noexcept;

  Group(Core& c, Box* owner, Rule r, Destroy d) noexcept
      : core(std::addressof(c)), box(owner), rule(r), destroy(d) {}
  Group(const Group&) = delete;

  // ---- who awaits it
  class Beginning {  // while children are started: no end of theirs is the last; then comes begun()
   public:
    Beginning(Group& g, Wake w) noexcept : group_(g) {
      group_.waiter = w;
      ++group_.left;
    }
    ~Beginning() { --group_.left; }
    Beginning(const Beginning&) = delete;

   private:
    Group& group_;
  };
  void begun() noexcept {
    if (left == 0) finish();
  }
  TROUPE_INLINE void start(Slot& slot, Strand& child) noexcept {  // its first turn is queued
    slot.group = this;
    slot.strand = std::addressof(child);
    slot.join_alone(open);
    ++left;
    if (box || stopping || kernel_of(*core).is_ending()) return start_apart(slot, child);
    child.start(*core);
    child.begin();
  }
  void returned(Slot& slot) noexcept {
    const bool decides = rule != Rule::all || left == 1;
    if (decides) [[unlikely]]
      return ended(slot, nullptr, nullptr);
    slot.leave();
    --left;
  }
  void ended(Slot& slot, const ActorFail* loss, const std::exception_ptr* thrown) noexcept;
  void wait_on() noexcept;  // of a scope whose waiter was told: another child comes
  bool decided() const noexcept {
    return outcome != Outcome::pending && (rule != Rule::any || outcome == Outcome::success);
  }
  void leave() noexcept;   // the awaiter goes, and its children with it
  void forget() noexcept;  // the awaiter goes, the children stay
  // After how many turns of children it goes on, if those that it waits for have all been woken;
  // else 0.
  int turns_ahead(Look look, int depth) noexcept;
  void children(std::vector<std::uint64_t>& ids);  // adds those that have not ended
  void close() noexcept;                           // cancels the children; that is no failure
  void request_stop() noexcept;  // of the children, also of those that begin later
  void fail(const ActorFail& why) noexcept;
  void lose_joins() noexcept;    // of a scope that goes
  ActorFail failure() noexcept;  // thrown or lost
  template <Mode M>
  TROUPE_COLD ActorFail failure_in() {  // an exception is thrown where that is the mode
    if constexpr (M != Mode::reply) {
      told_failure = true;
      if (outcome == Outcome::thrown) std::rethrow_exception(error);
    }
    return failure();
  }
  void release() noexcept {
    if (--refs == 0 && left == 0) destroy(this);
  }

  Core* core;
  Box* box;
  Wake waiter;
  const void* joiner = nullptr;  // whose that is, in a scope
  Link open, dropped;            // children that run, and those that were told to go
  std::size_t left = 0;          // how many of both
  std::uint32_t refs = 1;        // who awaits it, or is busy with it
  std::uint32_t decider = 0;     // the number of the child that decided
  Rule rule;
  Outcome outcome = Outcome::pending;
  bool forgotten = false, stopping = false;
  bool told = false;          // a scope's waiter was woken, and has not resumed
  bool told_failure = false;  // whoever waited has got it
  bool taken = false;         // whoever waited has got the values
#if TROUPE_DEBUG
  bool scope_gone = false;
#endif
  Destroy destroy;
  std::exception_ptr error;
  ActorFail why;

 private:
  void start_apart(Slot& slot, Strand& child) noexcept;
  void lose_unborn(Slot& slot) noexcept;
  void judge(Slot& slot, const ActorFail* loss, const std::exception_ptr* thrown) noexcept;
  void note_failure(const ActorFail* loss, const std::exception_ptr* thrown) noexcept;
  void cancel_rest(bool last_turn) noexcept;
  void drop(Slot& slot, bool last_turn) noexcept;
  void finish() noexcept;
  void unheard(const std::exception_ptr& what) noexcept;
};

// A Task of the awaiter's owner is itself the child; whatever else it is gets a coroutine that
// awaits it.
template <class A, class S> void start_child(Group& g, S& slot, A&& awaitable) {
  if constexpr (is_task<A>)
    if (auto* p = awaitable.promise(); p && (!p->box || p->box == g.box))
      return g.start(slot, begin_child<typename A::value_type>(slot, *awaitable.release()));
  slot.tries = !is_step_here<A> && tries_first(awaitable);
  if constexpr (has_origin<A>) slot.origin.emplace(AsksOrigin::of(awaitable));
  g.start(slot, detail::begin_wrapper(slot, detail::run_child(Carried<A>(std::move(awaitable)),
                                                              SlotHandle<S>(slot))));
}

template <class Slots> struct SlotGroup : Group {
  SlotGroup(Core& c, Box* owner, Rule r) noexcept : Group(c, owner, r, &destroy_this) {}
  static void destroy_this(Group* g) noexcept { Pool::destroy(static_cast<SlotGroup&>(*g)); }
  static SlotGroup* make(Core& c, Box* owner, Rule r) {
    return &kernel_of(c).pool.template make<SlotGroup>(c, owner, r);
  }
  Slots slots;
};

Core& core_here(std::string_view what) noexcept;  // of the run that goes on

// Awaits what a `Kind` starts. Kind: `Slots`, `value_type`, `rule`, `keeps` (children outlive the
// awaiter), `what`, start(group), take(group), put_back(slots) of values that nobody has taken.
// take() sets `taken` before the first value moves: where memory for the result lacks, none has.
template <Mode M, class Kind> class GroupAwait : public Awaiter<GroupAwait<M, Kind>, M> {
  using Cell = SlotGroup<typename Kind::Slots>;
  using T = typename Kind::value_type;

 public:
  static constexpr const char* what = Kind::what;
  using troupe_not_storable = void;
  explicit GroupAwait(Kind&& kind) : kind_(std::move(kind)) {}
  GroupAwait(GroupAwait&& other)
      : GroupAwait::Awaiter(std::move(other)), kind_(std::move(other.kind_)) {}
  ~GroupAwait() {
    if (!group_) return;
    if (!group_->taken) Kind::put_back(group_->slots);
    if constexpr (Kind::keeps)
      group_->forget();
    else
      group_->leave();
  }
  bool armed() const noexcept { return group_ && group_->left != 0; }
  void wait(Wake w) {
    const Strand* s = w.strand();
    if (!s) return begin(core_here(what), nullptr, w);
    begin(*s->core, s->box, w);
    if constexpr (!Kind::keeps)
      if (s->is.stopping) request_stop();
  }
  void children(std::vector<std::uint64_t>& ids) const {
    if (group_) group_->children(ids);
  }
  int turns_ahead(Look look, int depth) const noexcept {
    return group_ ? group_->turns_ahead(Kind::keeps ? untold(look) : look, depth) : 0;
  }
  void request_stop() const noexcept
    requires(!Kind::keeps)
  {
    group_->request_stop();
  }
  auto await_resume() {
    const bool ok = group_->outcome == Group::Outcome::success;
    return detail::result_in<M, std::expected<T, ActorFail>>(
        ok, [&]() -> T { return kind_.take(*group_); },
        [&] { return group_->template failure_in<M>(); });
  }

 private:
  void begin(Core& core, Box* owner, Wake w) {
    group_ = Cell::make(core, Kind::keeps ? nullptr : owner, Kind::rule);
    {
      const Group::Beginning beginning(*group_, w);
      kind_.start(*group_);
    }
    group_->begun();
  }
  Kind kind_;
  Cell* group_ = nullptr;
};

// What is awaited: a Task as it is, anything else too; but foreign code may keep its awaiter longer
// than ours waits.
template <class A>
concept any_awaitable = is_task<A> || own_awaitable<A> || foreign_awaitable<A>;
template <class A>
concept child_awaitable = std::move_constructible<A> &&
                          (is_task<A> || is_step_here<A> ||
                           ((own_awaitable<A> || (foreign_awaitable<A> && bool(storable<A>))) &&
                            gives_what_may_be_kept<A>));
// An argument becomes a child: a Step that is made in the expression is owned by it from there on.
template <class A> struct child_from {
  using type = std::remove_cvref_t<A>;
  static constexpr bool here = false;
  static A&& take(A&& x) noexcept { return std::forward<A>(x); }
};
template <class T> struct child_from<Step<T>> {
  using type = StepHere<T>;
  static constexpr bool here = true;
  static Step<T>&& take(Step<T>&& x) noexcept { return std::move(x); }
};
template <class X> struct child_from<MadeHere<X>> {
  using type = X;
  static constexpr bool here = true;
  static X&& take(MadeHere<X>&& x) noexcept { return std::move(x.awaitable); }
};
template <class A> using child_type = typename child_from<A>::type;
template <class A>
concept child_argument =
    !awaitable_dies_twice<A> && child_awaitable<child_type<A>> &&
    (child_from<A>::here || std::constructible_from<std::remove_cvref_t<A>, A&&>);
// What is made of children: if a Step is among them, it is awaited where it is made.
template <class X, class... A> auto made_of(X&& x) {
  if constexpr ((child_from<A>::here || ...))
    return MadeHere<X>(std::move(x));
  else
    return std::move(x);
}
template <class A>
concept meant_as_child = any_awaitable<std::remove_cvref_t<A>> || is_step<std::remove_cvref_t<A>> ||
                         wants_an_executor<std::remove_cvref_t<A>>;
template <class A> using child_value = typename outcome<A>::type;
template <class A> auto find_child_mistake() {
  using Raw = std::decay_t<A>;
  if constexpr (awaitable_dies_twice<A>)
    return name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await{};
  else if constexpr (is_step<Raw>)
    return a_Step_is_awaited_where_it_is_made_only_a_Task_can_be_handed_on{};
  else if constexpr (child_awaitable<Raw>)
    return what_is_awaited_is_used_up_hand_it_on_with_std_move{};
  else if constexpr (wants_an_executor<Raw>)
    return this_awaitable_wants_the_executor_of_its_own_library_run_it_there_and_await_its_answer{};
  else if constexpr (is_callable<Raw>)
    return this_is_a_function_call_it_and_pass_the_Task_that_it_returns{};
  else if constexpr (any_awaitable<Raw> && !std::move_constructible<Raw>)
    return this_awaitable_cannot_be_moved_await_it_where_it_is_made{};
  else if constexpr (any_awaitable<Raw> && !gives_what_may_be_kept<Raw>)
    return find_kept_mistake<child_value<Raw>>();
  else if constexpr (any_awaitable<Raw>)
    return find_borrow_mistake<Raw>();
  else
    return this_is_not_awaitable_give_Tasks_or_other_awaitables_or_one_std_vector_of_them{};
}

template <class A, bool Keeps> class SingleChild {  // a single child
 public:
  using value_type = child_value<A>;
  using Slots = slot_of<A>;
  static constexpr bool owns = bool(storable<A>);
  static constexpr Group::Rule rule = Group::Rule::all;
  static constexpr bool keeps = Keeps;
  static constexpr const char* what = "another task";
  explicit SingleChild(A&& child) : child_(std::move(child)) {}
  void start(SlotGroup<Slots>& g) {
    if constexpr (keeps && is_task<A>)
      if (auto* p = child_.promise())
        g.box = p->box;  // with its actor, if it has one, whoever awaits it
    detail::start_child(g, g.slots, std::move(child_));
  }
  value_type take(SlotGroup<Slots>& g) {
    g.taken = true;
    if constexpr (!std::is_void_v<value_type>) return std::move(*g.slots.value);
  }
  static void put_back(Slots& slot) noexcept { detail::put_back_from(slot); }

 private:
  A child_;
};

}  // namespace troupe::detail

namespace troupe {

/// What all(), race(), any() and shield() return. `co_await x` gives the result; an exception of a
/// child is rethrown there, and if a child is lost the task ends there. `co_await x.reply()` gives
/// `std::expected<T, ActorFail>` of either, `co_await x.value()` throws ActorFailed for a loss.
/// Await it once, in the expression that makes it or as an rvalue; children begin when it is
/// awaited.
/// @throws std::bad_alloc at the await, when there is no memory to begin them, or for the vector of
/// their values: that is a failure of the group like any other, and items go back (all())
template <class Kind> class [[nodiscard("does nothing until it is awaited")]] GroupAwaitable {
 public:
  using troupe_of_one_runtime = void;
  explicit GroupAwaitable(Kind kind) : kind_(std::move(kind)) {}
  auto operator co_await() && { return detail::GroupAwait<Mode::drop, Kind>(std::move(kind_)); }
  auto reply() && { return detail::InMode<Mode::reply, GroupAwaitable>(std::move(*this)); }
  auto value() && { return detail::InMode<Mode::value, GroupAwaitable>(std::move(*this)); }

 private:
  friend struct detail::AsksOrigin;
  friend struct detail::EachMode;
  auto origin() const
    requires requires(const Kind& k) { k.origins(); }
  {
    return detail::OriginOfMany<Kind>(kind_.origins());
  }
  template <Mode M> auto awaiter() && { return detail::GroupAwait<M, Kind>(std::move(kind_)); }
  Kind kind_;
};
template <class Kind> inline constexpr bool storable<GroupAwaitable<Kind>> = Kind::owns;

}  // namespace troupe
