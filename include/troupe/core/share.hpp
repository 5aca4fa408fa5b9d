// core/share.hpp: state shared by the actors of one runtime, borrowed for one handler at a time.
//
// A Share is a counted handle. Its value is reached only through a guard that a context hands out,
// and while a guard for writing lives, no other Share may be borrowed on that thread: one rule for
// all, so two handles of the same value can never be borrowed at once, not even through two
// runtimes. Clang checks the rule at compile time in each function and coroutine body
// (-Wthread-safety, see base/borrow.hpp); debug builds of every compiler check it at run time.
// Guards cannot be moved, so a borrow ends with the block that began it and never crosses a turn of
// the queue.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <source_location>
#include <string_view>
#include <troupe/base/borrow.hpp>
#include <troupe/base/platform.hpp>
#include <troupe/base/type_name.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe {

class Core;
template <class T> class ShareWeak;
template <class... T> class Borrow;

namespace detail {

/// The counters of this thread's borrows.
inline BorrowState& borrows_of(Core&) noexcept { return borrows_here(); }

// Core, and what converts to it: Cx<A>, Prep<A>, Runtime.
template <class C>
concept lends_borrows = requires(C& c) { borrows_of(c); };

template <class T> struct ShareBox {
  std::uint32_t strong = 1;
  std::uint32_t weak = 1;  // all strong handles together hold one
  union {
    T value;
  };
  template <class... X> explicit ShareBox(X&&... x) : value(std::forward<X>(x)...) {}
  ~ShareBox() {}  // NOLINT(modernize-use-equals-default): it ends without its value

  static void retain(ShareBox* box) noexcept {
    if (box) ++box->strong;
  }
  static void drop(ShareBox* box) noexcept {
    if (box && --box->strong == 0) end_value(box);
  }
  static void drop_weak(ShareBox* box) noexcept {
    if (box && --box->weak == 0) free(box);
  }
  // Out of line: GCC 12 warns of a use after free where it sees the end of one handle and the life
  // of another.
  TROUPE_COLD static void end_value(ShareBox* box) noexcept {
    box->value.~T();
    drop_weak(box);
  }
  TROUPE_COLD static void free(ShareBox* box) noexcept { delete box; }
};

struct ShareAccess {
  template <class S> static auto* box(const S& share) noexcept { return share.box_; }
  template <class S, class Box> static S adopt(Box* box) noexcept { return S{box}; }
  template <class B, class Ctx, class... S>
  static B borrow(Ctx& cx, const std::source_location& here, const S&... shares)
      TROUPE_TSA(no_thread_safety_analysis) {
    return B(cx, here, shares...);
  }
};

// Ends the process if one of the boxes is null or, for writing, named twice.
void check_borrowed(std::initializer_list<const void*> boxes, bool writes,
                    std::string_view type) noexcept;
// Counts a borrow; ends the process if the borrows that live forbid it.
void begin_borrow(BorrowState& state, bool writes, std::string_view type,
                  const std::source_location& here) noexcept;

// Counts for as long as a guard lives; without TROUPE_DEBUG it is nothing.
class BorrowCount {
 public:
  BorrowCount(const BorrowCount&) = delete;
#if TROUPE_DEBUG
  template <class Ctx>
  BorrowCount(Ctx& cx, bool writes, std::string_view type,
              const std::source_location& here) noexcept
      : state_(borrows_of(cx)), before_(state_.latest), writes_(writes) {
    begin_borrow(state_, writes, type, here);
  }
  ~BorrowCount() {
    --(writes_ ? state_.writers : state_.readers);
    state_.latest = before_;
  }

 private:
  BorrowState& state_;
  std::source_location before_;
  bool writes_;
#else
  template <class Ctx>
  BorrowCount(Ctx&, bool, std::string_view, const std::source_location&) noexcept {}
#endif
};

}  // namespace detail

/// A counted handle of a `T` that the actors of one runtime share. 8 bytes; copying counts, without
/// an atomic operation; the value dies with its last handle. Made by `make_share`; a
/// default-constructed or moved-from one is empty, and borrowing through it ends the process. Equal
/// handles name the same value. `Storable` if `T` is. Belongs to its runtime's thread. A cycle of
/// shares is never freed: break it with a `ShareWeak`.
template <class T> class Share {
 public:
  using troupe_of_one_runtime = void;
  using element_type = T;

  constexpr Share() noexcept = default;
  Share(const Share& other) noexcept : box_{other.box_} { Box::retain(box_); }
  Share(Share&& other) noexcept : box_{std::exchange(other.box_, nullptr)} {}
  Share& operator=(Share other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~Share() { Box::drop(box_); }

  /// Borrows the value for writing until the guard dies at the end of its block: `auto v =
  /// share.rw(cx); v->x = 1;`. Calls may be queued meanwhile; another borrow, running the queue and
  /// `co_await` are refused (by Clang, and by debug builds, which name this place). The guard keeps
  /// the value alive even if this handle goes first. In release builds it costs two counts.
  /// @param cx the context: `Core&`, `Cx<A>&`, `Prep<A>&` or `Runtime&`
  template <detail::lends_borrows Ctx>
  [[nodiscard]] Borrow<T> rw(Ctx& cx,
                             std::source_location here = std::source_location::current()) const
      TROUPE_ACQUIRE(detail::borrow_token) TROUPE_TSA(no_thread_safety_analysis) {
    return detail::ShareAccess::borrow<Borrow<T>>(cx, here, *this);
  }
  /// Borrows the value for reading. Readers may live side by side, but Clang takes two guards in
  /// one body for a mistake: read several shares with `ro(cx, a, b)`.
  template <detail::lends_borrows Ctx>
  [[nodiscard]] Borrow<const T> ro(
      Ctx& cx, std::source_location here = std::source_location::current()) const
      TROUPE_ACQUIRE_SHARED(detail::borrow_token) TROUPE_TSA(no_thread_safety_analysis) {
    return detail::ShareAccess::borrow<Borrow<const T>>(cx, here, *this);
  }

  [[nodiscard]] ShareWeak<T> downgrade() const noexcept { return ShareWeak<T>{*this}; }
  /// How many handles keep the value alive, guards included; 0 for an empty handle.
  std::size_t strong_count() const noexcept { return box_ ? box_->strong : 0; }
  /// How many weak handles the value has.
  std::size_t weak_count() const noexcept { return box_ ? box_->weak - 1 : 0; }
  /// Whether there is a value.
  explicit operator bool() const noexcept { return box_ != nullptr; }
  friend bool operator==(const Share& a, const Share& b) noexcept { return a.box_ == b.box_; }

 private:
  friend struct detail::ShareAccess;
  friend class ShareWeak<T>;
  using Box = detail::ShareBox<T>;
  explicit Share(Box* box) noexcept : box_{box} {}
  Box* box_ = nullptr;
};

/// A handle that does not keep the value alive. 8 bytes. The rest is as with `Share`.
template <class T> class ShareWeak {
 public:
  using troupe_of_one_runtime = void;
  using element_type = T;

  constexpr ShareWeak() noexcept = default;
  explicit ShareWeak(const Share<T>& share) noexcept : box_{share.box_} { retain(); }
  ShareWeak(const ShareWeak& other) noexcept : box_{other.box_} { retain(); }
  ShareWeak(ShareWeak&& other) noexcept : box_{std::exchange(other.box_, nullptr)} {}
  ShareWeak& operator=(ShareWeak other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~ShareWeak() { Box::drop_weak(box_); }

  /// A handle of the value; an empty one if the value has died.
  [[nodiscard]] Share<T> upgrade() const noexcept {
    if (strong_count() == 0) return {};
    Box::retain(box_);
    return Share<T>{box_};
  }
  /// How many handles keep the value alive; 0 once it has died.
  std::size_t strong_count() const noexcept { return box_ ? box_->strong : 0; }
  /// How many weak handles the value has, this one included; 0 once the value has died.
  std::size_t weak_count() const noexcept { return strong_count() ? box_->weak - 1 : 0; }

 private:
  using Box = detail::ShareBox<T>;
  void retain() const noexcept {
    if (box_) ++box_->weak;
  }
  Box* box_ = nullptr;
};

/// Makes a value that actors can share: `auto seats = make_share<std::vector<Seat>>(cx, 100);`. One
/// allocation.
/// @param x for the constructor of `T`, which need be neither copyable nor movable
/// @throws std::bad_alloc when there is no memory, and what the constructor throws
template <class T, detail::lends_borrows Ctx, class... X>
  requires std::is_constructible_v<T, X...>
[[nodiscard]] Share<T> make_share(Ctx&, X&&... x) {
  return detail::ShareAccess::adopt<Share<T>>(new detail::ShareBox<T>(std::forward<X>(x)...));
}

/// What `rw` and `ro` return: a borrow of one value or of several; a `const T` is borrowed for
/// reading. Cannot be moved, copied or made on the heap, and ends with its block; references taken
/// from it must not outlive it. One value is reached as by a pointer (`*v`, `v->`), several by
/// structured binding or `get<0>()`.
template <class... T> class [[nodiscard]] TROUPE_SCOPED_CAPABILITY Borrow {
 public:
  using First = std::tuple_element_t<0, std::tuple<T...>>;

  Borrow(const Borrow&) = delete;
  Borrow& operator=(const Borrow&) = delete;
  static void* operator new(std::size_t) = delete;
  ~Borrow() TROUPE_RELEASE() {}

  First& operator*() const noexcept TROUPE_LIFETIMEBOUND
    requires(sizeof...(T) == 1)
  {
    return get<0>();
  }
  First* operator->() const noexcept TROUPE_LIFETIMEBOUND
    requires(sizeof...(T) == 1)
  {
    return __builtin_addressof(get<0>());
  }
  template <std::size_t I>
  std::tuple_element_t<I, std::tuple<T...>>& get() const noexcept TROUPE_LIFETIMEBOUND {
    return detail::ShareAccess::box(std::get<I>(shares_))->value;
  }

 private:
  friend struct detail::ShareAccess;
  static constexpr bool writes = !(std::is_const_v<T> && ...);
  template <class Ctx>
  Borrow(Ctx& cx, const std::source_location& here,
         const Share<std::remove_const_t<T>>&... shares) noexcept
      TROUPE_ACQUIRE(detail::borrow_token)
      : shares_{shares...}, count_{cx, writes, type_name<First>, here} {
    detail::check_borrowed({detail::ShareAccess::box(shares)...}, writes, type_name<First>);
  }
  std::tuple<Share<std::remove_const_t<T>>...> shares_;
  [[no_unique_address]] detail::BorrowCount
      count_;  // ends before the handles, whose values may die with them
};

/// Borrows two to four shares for writing at once: `auto [from, to] = rw(cx, a, b);`. The values
/// must be different ones: the same one twice ends the process, in every build. The rest is as with
/// `Share::rw`.
template <detail::lends_borrows Ctx, class A, class B>
[[nodiscard]] Borrow<A, B> rw(Ctx& cx, const Share<A>& a, const Share<B>& b,
                              std::source_location here = std::source_location::current())
    TROUPE_ACQUIRE(detail::borrow_token) TROUPE_TSA(no_thread_safety_analysis) {
  return detail::ShareAccess::borrow<Borrow<A, B>>(cx, here, a, b);
}
template <detail::lends_borrows Ctx, class A, class B, class C>
[[nodiscard]] Borrow<A, B, C> rw(Ctx& cx, const Share<A>& a, const Share<B>& b, const Share<C>& c,
                                 std::source_location here = std::source_location::current())
    TROUPE_ACQUIRE(detail::borrow_token) TROUPE_TSA(no_thread_safety_analysis) {
  return detail::ShareAccess::borrow<Borrow<A, B, C>>(cx, here, a, b, c);
}
template <detail::lends_borrows Ctx, class A, class B, class C, class D>
[[nodiscard]] Borrow<A, B, C, D> rw(Ctx& cx, const Share<A>& a, const Share<B>& b,
                                    const Share<C>& c, const Share<D>& d,
                                    std::source_location here = std::source_location::current())
    TROUPE_ACQUIRE(detail::borrow_token) TROUPE_TSA(no_thread_safety_analysis) {
  return detail::ShareAccess::borrow<Borrow<A, B, C, D>>(cx, here, a, b, c, d);
}
/// Borrows two to four shares for reading at once; they may name the same value.
template <detail::lends_borrows Ctx, class A, class B>
[[nodiscard]] Borrow<const A, const B> ro(
    Ctx& cx, const Share<A>& a, const Share<B>& b,
    std::source_location here = std::source_location::current())
    TROUPE_ACQUIRE_SHARED(detail::borrow_token) TROUPE_TSA(no_thread_safety_analysis) {
  return detail::ShareAccess::borrow<Borrow<const A, const B>>(cx, here, a, b);
}
template <detail::lends_borrows Ctx, class A, class B, class C>
[[nodiscard]] Borrow<const A, const B, const C> ro(
    Ctx& cx, const Share<A>& a, const Share<B>& b, const Share<C>& c,
    std::source_location here = std::source_location::current())
    TROUPE_ACQUIRE_SHARED(detail::borrow_token) TROUPE_TSA(no_thread_safety_analysis) {
  return detail::ShareAccess::borrow<Borrow<const A, const B, const C>>(cx, here, a, b, c);
}
template <detail::lends_borrows Ctx, class A, class B, class C, class D>
[[nodiscard]] Borrow<const A, const B, const C, const D> ro(
    Ctx& cx, const Share<A>& a, const Share<B>& b, const Share<C>& c, const Share<D>& d,
    std::source_location here = std::source_location::current())
    TROUPE_ACQUIRE_SHARED(detail::borrow_token) TROUPE_TSA(no_thread_safety_analysis) {
  return detail::ShareAccess::borrow<Borrow<const A, const B, const C, const D>>(cx, here, a, b, c,
                                                                                 d);
}

}  // namespace troupe

template <class A, class B, class... T>
struct std::tuple_size<troupe::Borrow<A, B, T...>>
    : std::integral_constant<std::size_t, sizeof...(T) + 2> {};
template <std::size_t I, class... T>
struct std::tuple_element<I, troupe::Borrow<T...>> : std::tuple_element<I, std::tuple<T...>> {};
