// task/scope_children.hpp: children that may borrow, and the join of a scope. (internal)
#pragma once
#include <troupe/task/awaiter.hpp>
#include <troupe/task/group.hpp>

namespace troupe::detail {

template <Mode M> class JoinAwait : public Awaiter<JoinAwait<M>, M> {
 public:
  static constexpr const char* what = "the tasks of a scope";
  using troupe_not_storable = void;
  explicit JoinAwait(Group& g) noexcept : group_(std::addressof(g)) { ++g.refs; }
  JoinAwait(JoinAwait&& other) noexcept
      : JoinAwait::Awaiter(std::move(other)), group_(other.group_) {
    ++group_->refs;
  }
  ~JoinAwait() {
    leave();
    group_->release();
  }
  bool armed() const noexcept { return waits(); }
  void request_stop() const noexcept { group_->request_stop(); }
  void children(std::vector<std::uint64_t>& ids) const { group_->children(ids); }
  int turns_ahead(Look look, int depth) const noexcept {
    return group_->turns_ahead(untold(look), depth);
  }
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
  auto await_resume() const {
    leave();
    const bool ok = is_over() && group_->outcome <= Group::Outcome::success;
    return detail::result_in<M, Reply<>>(
        ok, [] {}, [&] { return group_->template failure_in<M>(); });
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
};

// An object that a child borrows. Debug builds know whether it has gone first, of objects that can
// say so.
#if TROUPE_DEBUG
template <class T>
concept tells_its_end = requires(T& x) { lenders_of(x); };
template <class T> class Loan {
 public:
  Loan(T& object, Group& g) noexcept : object_(std::addressof(object)), group_(std::addressof(g)) {
    ++g.refs;  // foreign code may hold on to the child
    if constexpr (tells_its_end<T>) link_.join(lenders_of(object));
  }
  Loan(Loan&& other) noexcept
      : object_(other.object_), group_(std::exchange(other.group_, nullptr)) {
    if (!other.link_.alone()) link_.replace(other.link_);
  }
  ~Loan() {
    if (!group_) return;
    if constexpr (tells_its_end<T>)
      if (link_.alone() && !group_->scope_gone)
        panic(
            "an object went before the child of a Scope that borrows it by scoped(): declare it "
            "first",
            type_name<T>);
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
  (void)co_await detail::make_step(*slot->group->core, fn, x...);
}

template <class... Args>
concept lent_or_owned = ((is_scoped<Args> || Storable<Args>) && ...);
template <class Fn, class... Args>
concept makes_a_step =
    lambda_captures_nothing<Fn> && called_with<Fn, Core, typename Kept<Args>::passed...> &&
    is_step<returned_by<Fn, Core, typename Kept<Args>::passed...>>;
template <class Fn, class... Args>
concept good_step_child = makes_a_step<Fn, Args...> && lent_or_owned<Args...>;
template <class Fn, class... Args>
inline constexpr bool is_scope_child =
    good_coroutine<Fn, Core, Args...> || good_step_child<Fn, Args...>;
template <class A>
  requires(child_awaitable<A> && bool(storable<A>))
inline constexpr bool is_scope_child<A> = true;
template <class Fn, class... Args>
concept good_scope_child = is_scope_child<Fn, Args...>;
// A Step that would be made if all that is its own were lent.
template <class Fn, class... Args>
concept borrows_what_is_not_lent =
    lambda_captures_nothing<Fn> && called_with<Fn, Core, typename Kept<Args>::passed&...> &&
    is_step<returned_by<Fn, Core, typename Kept<Args>::passed&...>>;
template <class Fn, class... Args> auto find_scope_mistake() {
  if constexpr (is_borrowing_awaitable<Fn>)
    return find_borrow_mistake<Fn>();
  else if constexpr (is_step<Fn>)
    return the_Scope_makes_the_Step_give_it_the_function_then_its_arguments{};
  else if constexpr (makes_a_step<Fn, Args...>)
    return an_argument_borrows_lend_the_object_with_scoped_or_pass_a_value_that_owns{};
  else if constexpr (borrows_what_is_not_lent<Fn, Args...>)
    return a_Step_borrows_lend_what_it_takes_by_reference_with_scoped_x{};
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

}  // namespace troupe::detail
