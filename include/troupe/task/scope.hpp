// task/scope.hpp: a nursery: tasks that begin at any time and end before their scope does.
#pragma once
#include <source_location>
#include <troupe/task/scope_children.hpp>

namespace troupe {

template <class T> inline constexpr bool storable<detail::Loan<T>> = true;

/// What Scope::join() returns. One that was stored before it is awaited, by race() or in a
/// container, may outlive its scope: then it is lost (`Why::dropped`).
class [[nodiscard("does nothing until it is awaited")]] ScopeJoin {
 public:
  using troupe_not_storable = void;
  explicit ScopeJoin(detail::Group& group) noexcept : group_(std::addressof(group)) {
    ++group.refs;
  }
  ScopeJoin(const ScopeJoin& other) noexcept : ScopeJoin(*other.group_) {}
  ScopeJoin& operator=(ScopeJoin other) noexcept { return std::swap(group_, other.group_), *this; }
  ~ScopeJoin() { group_->release(); }
  auto operator co_await() const noexcept { return detail::JoinAwait<Mode::drop>(*group_); }
  auto reply() const noexcept { return detail::InMode<Mode::reply, ScopeJoin>(ScopeJoin(*this)); }
  auto value() const noexcept { return detail::InMode<Mode::value, ScopeJoin>(ScopeJoin(*this)); }

 private:
  friend struct detail::EachMode;
  template <Mode M> auto awaiter() const noexcept { return detail::JoinAwait<M>(*group_); }
  detail::Group* group_;
};

/// Tasks that do not outlive a block: a local of a coroutine, `Scope scope(cx);`. Children begin
/// with spawn(), at any time, from any code of the runtime that reaches the scope; `co_await
/// scope.join()` waits for all. The first child that fails closes the scope and cancels the others.
/// A task that joins it hands a request to stop on to them. The destructor cancels the children
/// that still run. They are destroyed before it returns, except:
///  - the child that is running now (the one that destroys the scope): it ends at its next await;
///  - a child that waits in an awaitable of another library: it ends when that library lets go of
///    it;
///  - the children of scopes that are nested deeper than 200 and die together: they end with the
///    outermost scope.
/// In these cases the child ends later, so it must not use your locals. An exception of a child
/// that no join() has reported is logged, at level Error. Not movable; one thread.
class Scope {
 public:
  using troupe_of_one_runtime = void;
  /// How many children may live at once, unless the constructor says else.
  static constexpr std::size_t default_max_children = 65536;

  /// @param context who owns the children: a `Cx` its actor, a `Core` or `Runtime` the runtime
  /// @param max_children the most that live at once; one more is lost with `Why::overloaded`, which
  /// fails the scope
  /// @param here what reports name a child by that is no coroutine, or has not begun; leave it out
  /// @throws std::bad_alloc when there is no memory
  template <detail::spawn_context Context>
  explicit Scope(Context& context, std::size_t max_children = default_max_children,
                 std::source_location here = std::source_location::current())
      : Scope(detail::core_behind(context), owner_of(context), max_children, here) {}
  explicit Scope(...) = delete;  // a Scope is made with a Runtime, a Core or a Cx
  Scope(const Scope&) = delete;
  ~Scope();

  /// Begins a child: a task, or any awaitable, ours or foreign; its value is dropped. Once the
  /// scope is closed the child is destroyed unrun, and the ref is done.
  /// @throws std::bad_alloc when there is no memory for the child; the scope is as before
  template <class A>
    requires(detail::child_awaitable<A> && bool(storable<A>))
  TaskRef spawn(A awaitable) {
    detail::CurrentScope here(*group_->core);
    Room room(*this);
    if (!room.slot) return {};
    if constexpr (detail::is_task<A>)
      if (auto* p = awaitable.promise(); p && (!p->box || p->box == group_->box))
        return room.start(
            detail::begin_child<typename A::value_type>(*room.slot, *awaitable.release()));
    room.slot->tries = detail::tries_first(awaitable);
    return room.start(detail::run_child(detail::Carried<A>(std::move(awaitable)),
                                        detail::SlotHandle<detail::Slot>(*room.slot)));
  }
  /// Begins a coroutine function, called as `fn(core, args...)` or `fn(args...)`.
  template <class Fn, class... Args>
    requires(!detail::child_awaitable<Fn> && detail::good_coroutine<Fn, Core, Args...>)
  TaskRef spawn(Fn fn, Args... args) {
    detail::CurrentScope here(*group_->core);
    return spawn(detail::invoke_coroutine(*group_->core, fn, std::move(args)...));
  }
  /// Begins a function that returns a `Step`, called in the child's first turn: it may borrow. What
  /// it takes by reference, as a view or as a pointer is lent, `scoped(x)`, or lies in the
  /// child: `scope.spawn(work, scoped(mutex), std::string(name))` with `Step<> work(Mutex&,
  /// std::string_view)`. **What is lent outlives the scope**; nothing checks that but debug builds,
  /// of an Event, Mutex, Semaphore or Queue: one that goes before such a child ends the process. A
  /// child that may outlive its scope (see the list above) must not touch what was lent, in
  /// destructors either.
  template <class Fn, class... Args>
    requires(!detail::child_awaitable<Fn> && detail::good_step_child<Fn, Args...>)
  TaskRef spawn(Fn fn, Args... args) {
    detail::CurrentScope here(*group_->core);
    Room room(*this);
    if (!room.slot) return {};
    return room.start(detail::run_step<Fn, typename detail::Kept<Args>::type...>(
        detail::SlotHandle<detail::Slot>(*room.slot), std::move(fn),
        detail::Kept<Args>::keep(args, *group_)...));
  }
  template <class Fn, class... Args, class Mistake = detail::ScopeMistake<Fn, Args...>>
    requires(!detail::good_scope_child<Fn, Args...>)
  TaskRef spawn(Fn, Args...) = delete;  // see Mistake
  /// `co_await scope.join()`: until no child is left; a child spawned before join has resumed your
  /// task is waited for, too. The exception of the child that failed first is rethrown; if that one
  /// was lost the awaiting task ends here, `.reply()` gives an expected and `.value()` throws
  /// ActorFailed. After a join that went well the scope may be used again. One coroutine joins at a
  /// time.
  ScopeJoin join() noexcept { return ScopeJoin(*group_); }
  /// Cancels all children and closes the scope. No failure: join() goes on when they have gone.
  void cancel() noexcept;
  /// Whether it takes children.
  bool is_open() const noexcept { return group_->outcome == detail::Group::Outcome::pending; }
  /// How many children live.
  std::size_t size() const noexcept { return group_->left; }

 private:
  struct Room {  // for one more child
    explicit Room(Scope& scope);
    Room(const Room&) = delete;
    ~Room();
    TaskRef start(detail::Strand& child);
    TaskRef start(Task<>&& wrapper) {
      return start(detail::begin_wrapper(*slot, std::move(wrapper)));
    }
    detail::Group& group;
    detail::Slot* slot = nullptr;
  };
  Scope(Core& core, detail::Box* owner, std::size_t max_children, const std::source_location& here);
  template <class Context> static detail::Box* owner_of(Context& context) noexcept {
    if constexpr (std::is_base_of_v<CxBase, Context>)
      return detail::box_of(context);
    else
      return nullptr;
  }
  detail::Group* group_;
  std::size_t max_children_;
};

}  // namespace troupe
