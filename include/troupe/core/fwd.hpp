// core/fwd.hpp: `Fwd<T...>`: where many values go.
//
// A Fwd is a counted destination in a cell of the pool: cheap to copy, 8 bytes. Nobody hears when
// the last one goes; a value for an actor that has ended is dropped.
#pragma once
#include <troupe/core/fwd_cell.hpp>
#include <troupe/core/ret_do.hpp>

namespace troupe {

/// Takes values of `T...` to a destination, any number of times. Made by `fwd_to`, `fwd_do` and
/// their kin. Copying costs one count. The `T`s are `Keepable`. An empty (moved-from) Fwd drops
/// what it is given. Stays on its runtime's thread.
template <class... T> class Fwd {
 public:
  using troupe_of_one_runtime = void;
  using troupe_relocatable = void;
  using troupe_carries = detail::FieldTypes<T...>;
  struct Cell : detail::FwdCell {
    void (*put)(const Cell&, T&&...) = nullptr;
  };
  Fwd() noexcept = default;
  /// Takes over one count of the cell.
  explicit Fwd(Cell* cell) noexcept : cell_(cell) {}
  Fwd(const Fwd& other) noexcept : cell_(other.cell_) {
    if (cell_) ++cell_->count;
  }
  Fwd(Fwd&& other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
  Fwd& operator=(Fwd other) noexcept { return std::swap(cell_, other.cell_), *this; }
  ~Fwd() {
    if (cell_ && --cell_->count == 0) cell_->destroy(*cell_);
  }
  /// Sends: the receiver's handler is queued, or its function runs here (`fwd_do`).
  TROUPE_INLINE void operator()(T... value) const
    requires Keepable<T...>
  {
    if (cell_) [[likely]]
      cell_->put(*cell_, std::move(value)...);
  }
  explicit operator bool() const noexcept { return cell_ != nullptr; }
  /// Whether the receiver is still there: false once the actor, or the reader of the stream
  /// (`stream_pipe`), has gone, and once that stream has ended, by `nullopt` or because an item did
  /// not fit (`WhenFull::fail`). A function (`fwd_do`) is always there.
  bool is_wanted() const noexcept { return cell_ && cell_->is_heard(); }
  // For values of other runtimes.
  bool runs_in_place() const noexcept { return cell_ && cell_->runs_in_place; }

 private:
  Cell* cell_ = nullptr;
};

namespace detail {
template <class P, class... T> struct FullCell : Fwd<T...>::Cell {
  explicit FullCell(P&& b) : bound(std::move(b)) {}
  [[no_unique_address]] mutable P bound;
  static void drop(FwdCell& c) {
    if (Nesting::is_deep()) [[unlikely]] {
      c.destroy = &drop_now;
      return Nesting::die_later(c);
    }
    const Nesting here(true);
    drop_now(c);
  }
  static void drop_now(FwdCell& c) {
    auto& f = static_cast<FullCell&>(static_cast<typename Fwd<T...>::Cell&>(c));
    Box* to = f.to;
    void* cell = std::addressof(f);
    const bool heap = f.bytes & 1u;
    f.~FullCell();
    give_anywhere(heap ? static_cast<char*>(cell) + 1 : cell, sizeof(FullCell));
    if (to) to->unref();
  }
};
template <class P, class... T> FullCell<P, T...>* make_cell(Core* core, P&& bound) {
  using C = FullCell<P, T...>;
  void* m = take_for(core, sizeof(C));
  const auto tagged = reinterpret_cast<std::uintptr_t>(m);
  auto* cell = ::new (reinterpret_cast<void*>(tagged & ~std::uintptr_t{1})) C(std::move(bound));
  cell->bytes = static_cast<std::uint16_t>(tagged & 1u);
  cell->destroy = &C::drop;
  return cell;
}
template <class Invoke, class... T, class P> Fwd<T...> make_fwd(Types<T...>, Box* box, P bound) {
  auto* cell = make_cell<P, T...>(std::addressof(box->core()), std::move(bound));
  cell->to = box;
  box->ref();
  cell->put = [](const typename Fwd<T...>::Cell& c, T&&... v) {
    auto& f = static_cast<const FullCell<P, T...>&>(c);
    f.bound([&](auto&... b) { enqueue<Invoke>(f.to, auto(b)..., std::move(v)...); });
  };
  return Fwd<T...>(cell);
}
template <class P, class... T> void send_to(const FullCell<P, T...>& cell, T&&... v) {
  TROUPE_TRY {
    cell.bound([&](auto& body, auto&... b) { body(std::as_const(b)..., std::move(v)...); });
  }
  TROUPE_CATCH_ALL { body_threw(false); }
}
template <class P, class... T>
[[gnu::noinline]] bool put_off_value(const FullCell<P, T...>& cell, const Fwd<T...>& keeps,
                                     T&&... v) {
  return Nesting::put_off([&] {
    return [&cell, keeps, values = detail::pack(std::move(v)...)]() mutable {
      values([&](auto&... x) { send_to(cell, std::move(x)...); });
    };
  });
}
template <class F, class... T, class... B> Fwd<T...> make_fwd_do(Types<T...>, F fn, B... bound) {
  using P = Pack<F, B...>;
  auto* cell = make_cell<P, T...>(nullptr, detail::pack(std::move(fn), std::move(bound)...));
  cell->runs_in_place = true;
  cell->put = [](const typename Fwd<T...>::Cell& c, T&&... v) {
    auto& f = static_cast<FullCell<P, T...>&>(const_cast<typename Fwd<T...>::Cell&>(c));
    ++f.count;
    const Fwd<T...> stays(std::addressof(f));  // the body may drop the last Fwd
    if (Nesting::is_deep()) [[unlikely]]
      if (put_off_value(f, stays, std::move(v)...)) return;
    const Nesting here(false);
    send_to(f, std::move(v)...);
  };
  return Fwd<T...>(cell);
}
template <std::size_t Bound, class F, class... T> auto types_of_fwd() {
  if constexpr (sizeof...(T) > 0)
    return Types<T...>{};
  else if constexpr (std::is_void_v<typename FunctionTypes<F>::type>)
    return Types<>{};
  else
    return rest_of<Bound, typename FunctionTypes<F>::type>{};
}
template <class... B>
concept bound_arguments_can_be_copied = (std::is_copy_constructible_v<std::decay_t<B>> && ...);
template <class To, auto M, class... B>
concept good_fwd_to = good_receiver<To, M, B...> && bound_arguments_can_be_copied<B...>;
template <class To, auto M, class... B>
using FwdToMistake =
    decltype(find_receiver_mistake<
             good_fwd_to<To, M, B...>,
             a_Fwd_copies_its_bound_arguments_for_each_value_bind_what_can_be_copied, To, M,
             B...>());
template <class Types, std::size_t Bound, class F, class... B>
inline constexpr bool takes_the_values = false;
template <class... T, std::size_t Bound, class F, class... B>
inline constexpr bool takes_the_values<Types<T...>, Bound, F, B...> =
    answered_with<decltype(types_of_fwd<Bound, F, T...>())>::template values<F, const B&...>;
template <class Given, class F, class... B> struct values_of;  // the types that its Fwd carries
template <class... T, class F, class... B> struct values_of<Types<T...>, F, B...> {
  using type = decltype(types_of_fwd<sizeof...(B), F, T...>());
};
template <class Given, class F, class... B>
concept a_fwd_body_that_runs = lambda_captures_nothing<F> && no_argument_borrows<B...> &&
                               takes_the_values<Given, sizeof...(B), F, B...>;
template <class Given, class F, class... B>
concept good_fwd_body =
    a_fwd_body_that_runs<Given, F, B...> && all_keepable<typename values_of<Given, F, B...>::type>;
template <class Given, class F, class... B> auto find_fwd_body_mistake() {
  if constexpr (a_fwd_body_that_runs<Given, F, B...>)
    return typename kept_mistake_of<typename values_of<Given, F, B...>::type>::type{};
  else
    return find_function_mistake<false, the_function_does_not_take_these_bound_arguments, F,
                                 B...>();
}
template <class Given, class F, class... B>
using FwdBodyMistake = decltype(find_fwd_body_mistake<Given, F, B...>());
struct FwdPanic {
  Literal words;
  template <class... T> operator Fwd<T...>() const;
};
struct FwdNop {
  template <class... T> operator Fwd<T...>() const noexcept { return {}; }
};
template <class... P, class... X> auto pack_converted(Types<P...>, X&&... x) {
  return detail::pack(P(std::forward<X>(x))...);
}
}  // namespace detail

/// A Fwd that calls `M(cx, bound..., T...)` on the target for each value. The bound arguments are
/// copied each time. Cost of a value: about 55 instructions, callee included.
/// @throws std::bad_alloc when the pool has no cell for it
template <auto M, class To, class... B>
  requires detail::good_fwd_to<To, M, B...>
auto fwd_to(To&& to, B&&... bound) {  // overloaded: fwd_to<with<int>(&A::m)>(...)
  using Params = detail::StoredFor<M, B...>;
  return detail::make_fwd<detail::CallOf<To, M>>(
      detail::rest_of<sizeof...(B), Params>{}, detail::target_box(to),
      detail::pack_converted(typename detail::take_types<sizeof...(B), Params>::type{},
                             std::forward<B>(bound)...));
}
/// A Fwd that runs `fn(bound..., T...)` where it is given a value, at once, on the stack of whoever
/// sends. The types are read off `fn`, or given. `fn` may send to this Fwd, and destroy its last
/// copy. Where functions of Rets and Fwds run within one another more than 200 deep, further values
/// wait until the outermost function has returned, and are delivered in order: so the stack is
/// bounded.
/// @param bound owned values, kept once; `fn` gets them as const
///
/// Errors: `Runtime::run` rethrows an exception out of `fn`, by an item of the queue; outside of
/// any run it reaches the sender.
/// @throws std::bad_alloc when there is no memory for the cell
template <class... T, class F, class... B>
  requires detail::good_fwd_body<detail::Types<T...>, F, B...>
auto fwd_do(F fn, B... bound) {
  return detail::make_fwd_do<F>(detail::types_of_fwd<sizeof...(B), F, T...>(), std::move(fn),
                                std::move(bound)...);
}
/// A Fwd whose values go nowhere. Converts to any.
inline constexpr detail::FwdNop fwd_nop{};
/// A Fwd that ends the process with `words` when it is given a value. Converts to any.
consteval auto fwd_panic(Literal words) { return detail::FwdPanic{words}; }
template <auto M, class To, class... B, class Mistake = detail::FwdToMistake<To, M, B...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, B...>>
  requires(!detail::good_fwd_to<To, M, B...>)
detail::Refused fwd_to(To&&, B&&...) = delete;  // see Mistake
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
detail::Refused fwd_to(X&&...) = delete;  // see Mistake
template <class... T, class F, class... B,
          class Mistake =
              detail::FwdBodyMistake<detail::Types<T...>, std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_fwd_body<detail::Types<T...>, std::decay_t<F>, std::decay_t<B>...>)
detail::Refused fwd_do(F&&, B&&...) = delete;  // see Mistake

template <class... T> detail::FwdPanic::operator Fwd<T...>() const {
  return fwd_do<T...>([](Literal text, const T&...) { panic(text, "fwd_panic"); }, words);
}

}  // namespace troupe
