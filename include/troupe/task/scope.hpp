// task/scope.hpp: a nursery: tasks that begin at any time and end before their scope does.
#pragma once
#include <troupe/task/group.hpp>

namespace troupe {

namespace detail {
template <Mode M> class JoinAwait {
 public:
  static constexpr Mode mode = M;
  static constexpr const char* what = "the tasks of a scope";
  using troupe_not_storable = void;
  explicit JoinAwait(Group& g) noexcept : group_(std::addressof(g)) { ++g.refs; }
  JoinAwait(JoinAwait&& other) noexcept : group_(other.group_), foreign_(std::move(other.foreign_)) { ++group_->refs; }
  ~JoinAwait() {
    leave();
    group_->release();
  }
  bool armed() const noexcept { return waits(); }
  void request_stop() const noexcept { group_->request_stop(); }
  void children(std::vector<std::uint64_t>& ids) const { group_->children(ids); }
  int turns_ahead(Look look, int depth) const noexcept { return group_->turns_ahead(untold(look), depth); }
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    return is_over() && (M != Mode::drop || group_->outcome != Group::Outcome::lost);
  }
  void wait(Wake w) {  // may run stop callbacks
    if (is_over()) return w.lose(*group_->core, group_->why);
    if (group_->waiter) panic("a scope is joined by two coroutines at once", "Scope::join");
    group_->waiter = w;
    group_->joiner = this;
    if (w.strand() && w.strand()->is.stopping) request_stop();
  }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    foreign_.set(h);
    wait(Wake(foreign_));
  }
  auto await_resume() const {
    leave();
    const bool ok = is_over() && group_->outcome <= Group::Outcome::success;
    if constexpr (M == Mode::reply) {
      return ok ? Reply<>() : Reply<>(std::unexpected(group_->failure()));
    } else {
      if (!ok) [[unlikely]]
        group_->template raise<M>();
    }
  }

 private:
  void leave() const noexcept {
    if (!waits()) return;
    group_->waiter = {};
    group_->told = false;
  }
  bool is_over() const noexcept { return group_->left == 0 || group_->forgotten; }
  bool waits() const noexcept { return group_->waiter && group_->joiner == this; }
  Group* group_;
  HandleWaiter foreign_;
};

// An object that a child borrows. Debug builds know whether it has gone first, of objects that can say so.
#if TROUPE_DEBUG
template <class T>
concept tells_its_end = requires(T& x) { lenders_of(x); };
template <class T> class Loan {
 public:
  Loan(T& object, Group& g) noexcept : object_(std::addressof(object)), group_(std::addressof(g)) {
    ++g.refs;  // foreign code may hold on to the child
    if constexpr (tells_its_end<T>) link_.join(lenders_of(object));
  }
  Loan(Loan&& other) noexcept : object_(other.object_), group_(std::exchange(other.group_, nullptr)) {
    if (!other.link_.alone()) link_.replace(other.link_);
  }
  ~Loan() {
    if (!group_) return;
    if constexpr (tells_its_end<T>)
      if (link_.alone() && !group_->scope_gone)
        panic("an object went before the child of a Scope that borrows it by scoped(): declare it first", type_name<T>);
    group_->release();
  }
  T& get() const noexcept { return *object_; }

 private:
  T* object_;
  Group* group_;
  RingLink link_;
};
#else
template <class T> class Loan {
 public:
  Loan(T& object, Group&) noexcept : object_(std::addressof(object)) {}
  T& get() const noexcept { return *object_; }

 private:
  T* object_;
};
#endif
// An argument in the frame of the child, and as its function gets it.
template <class X> struct Kept {
  using type = X;
  using passed = X;
  static X&& keep(X& x, Group&) noexcept { return std::move(x); }
};
template <class T> struct Kept<Scoped<T>> {
  using type = Loan<T>;
  using passed = T&;
  static Loan<T> keep(const Scoped<T>& x, Group& g) noexcept { return Loan<T>(x.get(), g); }
};
template <class X> X&& pass(X& x) noexcept { return std::move(x); }
template <class T> T& pass(Loan<T>& loan) noexcept { return loan.get(); }
template <class Fn, class... X> auto make_step(Core& core, Fn& fn, X&... x) {
  return invoke_coroutine(core, fn, detail::pass(x)...);
}
// What a Step borrows lies in the frame of this task, or is lent.
template <class Fn, class... X> Task<> run_step(SlotHandle<Slot> slot, Fn fn, X... x) {
  TROUPE_TRY { (void)co_await detail::make_step(*slot->group->core, fn, x...); }
  TROUPE_CATCH_ALL { slot->error = std::current_exception(); }
}

template <class... Args>
concept lent_or_owned = ((is_scoped<Args> || Storable<Args>) && ...);
template <class Fn, class... Args>
concept makes_a_step = lambda_captures_nothing<Fn> && called_with<Fn, Core, typename Kept<Args>::passed...> &&
                       is_step<returned_by<Fn, Core, typename Kept<Args>::passed...>>;
template <class Fn, class... Args>
concept good_step_child = makes_a_step<Fn, Args...> && lent_or_owned<Args...>;
template <class Fn, class... Args>
inline constexpr bool is_scope_child = good_coroutine<Fn, Core, Args...> || good_step_child<Fn, Args...>;
template <class A>
  requires(child_awaitable<A> && bool(storable<A>))
inline constexpr bool is_scope_child<A> = true;
template <class Fn, class... Args>
concept good_scope_child = is_scope_child<Fn, Args...>;
template <class Fn, class... Args> auto find_scope_mistake() {
  if constexpr (is_borrowing_awaitable<Fn>)
    return find_borrow_mistake<Fn>();
  else if constexpr (is_step<Fn>)
    return the_Scope_makes_the_Step_give_it_the_function_then_its_arguments{};
  else if constexpr (makes_a_step<Fn, Args...>)
    return an_argument_borrows_lend_the_object_with_scoped_or_pass_a_value_that_owns{};
  else if constexpr (lends<Args...> && lambda_captures_nothing<Fn> &&
                     called_with<Fn, Core, typename Kept<Args>::passed...>)
    return what_borrows_by_scoped_returns_a_Step_a_Task_owns_its_parameters{};
  else if constexpr (child_awaitable<Fn> || (is_ret<Args> || ...))
    return a_child_of_a_Scope_has_no_Ret_only_a_function_is_followed_by_its_arguments{};
  else
    return find_spawn_mistake<Core, Fn, RetNop, typename Kept<Args>::passed...>();
}
template <class... A> using FoundScopeMistake = decltype(find_scope_mistake<A...>());
template <class Fn, class... Args>
using ScopeMistake = MistakeUnless<good_scope_child<Fn, Args...>, FoundScopeMistake, Fn, Args...>;
}  // namespace detail
template <class T> inline constexpr bool storable<detail::Loan<T>> = true;

/// What Scope::join() returns. One that was stored before it is awaited, by race() or in a container, may outlive its
/// scope: then it is lost (`Why::dropped`).
class [[nodiscard("does nothing until it is awaited")]] ScopeJoin {
 public:
  using troupe_not_storable = void;
  explicit ScopeJoin(detail::Group& group) noexcept : group_(std::addressof(group)) { ++group.refs; }
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

/// Tasks that do not outlive a block: a local of a coroutine, `Scope scope(cx);`. Children begin with spawn(), at any
/// time, from any code of the runtime that reaches the scope; `co_await scope.join()` waits for all. The first child
/// that fails closes the scope and cancels the others. A task that joins it hands a request to stop on to them.
/// The destructor cancels the children that still run. They are destroyed before it returns, except:
///  - the child that is running now (the one that destroys the scope): it ends at its next await;
///  - a child that waits in an awaitable of another library: it ends when that library lets go of it;
///  - the children of scopes that are nested deeper than 200 and die together: they end with the outermost scope.
/// In these cases the child ends later, so it must not use your locals. An exception of a child that no join() has
/// reported is logged, at level Error. Not movable; one thread.
class Scope {
 public:
  /// How many children may live at once, unless the constructor says else.
  static constexpr std::size_t default_max_children = 65536;

  /// @param context who owns the children: a `Cx` its actor, a `Core` or `Runtime` the runtime
  /// @param max_children the most that live at once; one more is lost with `Why::overloaded`, which fails the scope
  /// Throws bad_alloc.
  template <detail::spawn_context Context>
  explicit Scope(Context& context, std::size_t max_children = default_max_children)
      : Scope(detail::core_behind(context), owner_of(context), max_children) {}
  explicit Scope(...) = delete;  // a Scope is made with a Runtime, a Core or a Cx
  Scope(const Scope&) = delete;
  ~Scope();

  /// Begins a child: a task, or any awaitable, ours or foreign; its value is dropped. Once the scope is closed the
  /// child is destroyed unrun, and the ref is done.
  /// @throws std::bad_alloc when there is no memory for the child; the scope is as before
  template <class A>
    requires(detail::child_awaitable<A> && bool(storable<A>))
  TaskRef spawn(A awaitable) {
    detail::CurrentScope here(*group_->core);
    Room room(*this);
    if (!room.slot) return {};
    room.slot->tries = !detail::is_task<A>;
    return room.start(
        detail::run_child(detail::Carried<A>(std::move(awaitable)), detail::SlotHandle<detail::Slot>(*room.slot)));
  }
  /// Begins a coroutine function, called as `fn(core, args...)` or `fn(args...)`.
  template <class Fn, class... Args>
    requires(!detail::child_awaitable<Fn> && detail::good_coroutine<Fn, Core, Args...>)
  TaskRef spawn(Fn fn, Args... args) {
    detail::CurrentScope here(*group_->core);
    return spawn(detail::invoke_coroutine(*group_->core, fn, std::move(args)...));
  }
  /// The same of a function that returns a `Step`, called in the child's first turn: it may borrow. What it takes by
  /// reference, as a view or as a pointer is lent, `scoped(x)`, or lies in the child: `scope.spawn(work, scoped(mutex),
  /// std::string(name))` with `Step<> work(Mutex&, std::string_view)`. **What is lent outlives the scope**; nothing
  /// checks that but debug builds, of an Event, Mutex, Semaphore or Queue: one that goes before such a child ends the
  /// process. A child that may outlive its scope (see the list above) must not touch what was lent, in destructors
  /// either.
  template <class Fn, class... Args>
    requires(!detail::child_awaitable<Fn> && detail::good_step_child<Fn, Args...>)
  TaskRef spawn(Fn fn, Args... args) {
    detail::CurrentScope here(*group_->core);
    Room room(*this);
    if (!room.slot) return {};
    return room.start(detail::run_step<Fn, typename detail::Kept<Args>::type...>(
        detail::SlotHandle<detail::Slot>(*room.slot), std::move(fn), detail::Kept<Args>::keep(args, *group_)...));
  }
  // clang-format off
  template <class Fn, class... Args, class Mistake = detail::ScopeMistake<Fn, Args...>> requires(!detail::good_scope_child<Fn, Args...>)
  TaskRef spawn(Fn, Args...) = delete;  // see Mistake
  // clang-format on
  /// `co_await scope.join()`: until no child is left; a child spawned before join has resumed your task is waited for,
  /// too. The exception of the child that failed first is rethrown; if that one was lost the awaiting task ends
  /// here, `.reply()` gives an expected and `.value()` throws ActorFailed. After a join that went well the scope may be
  /// used again. One coroutine joins at a time.
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
    TaskRef start(Task<>&& child);
    detail::Group& group;
    detail::Slot* slot = nullptr;
  };
  Scope(Core& core, detail::Box* owner, std::size_t max_children);
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
