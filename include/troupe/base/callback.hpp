// base/callback.hpp: a function object of any type behind one move-only type, for what the host
// gives to the library.
//
// Sinks, hooks and wake-ups are host code: they are kept, called from one place and never queued,
// so they may capture what they like. `std::move_only_function` would do, but not every supported
// standard library has it, and <functional> costs every file that includes it.
#pragma once
#include <concepts>
#include <cstddef>
#include <new>
#include <troupe/base/panic.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

template <class Signature> class Callback;

namespace detail {

template <class F, class R, class... Args>
concept callable_as = requires(F& function, Args... args) {
  requires std::is_void_v<R> ||
               std::is_convertible_v<decltype(function(static_cast<Args&&>(args)...)), R>;
  function(static_cast<Args&&>(args)...);
};

}  // namespace detail

/// Holds one function object that can be called as `R(Args...)`; empty when made without one.
/// Move-only.
///
/// Objects of up to `inline_size` bytes that can be moved without throwing live inside; others take
/// one heap block. A call costs one indirect call. Calling an empty one ends the process with a
/// sentence. The object must not be destroyed or assigned to while it runs. Not synchronised: use
/// it on one thread at a time.
template <class R, class... Args> class Callback<R(Args...)> {
 public:
  /// Bytes that an object may have and still need no heap block.
  static constexpr std::size_t inline_size = 3 * sizeof(void*);

  /// Makes an empty one.
  Callback() noexcept = default;
  /// Makes an empty one.
  Callback(std::nullptr_t) noexcept {}

  /// Takes `function`, by move or by copy. A null function pointer makes an empty `Callback`.
  /// @throws what the copy or move of `function` throws; `std::bad_alloc` for objects that do not
  /// fit inside
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Callback>) &&
            detail::callable_as<std::decay_t<F>, R, Args...>
  Callback(F&& function) {
    using Held = std::decay_t<F>;
    if constexpr (std::is_pointer_v<std::remove_cvref_t<F>>) {
      if (function == nullptr) return;
    }
    if constexpr (fits<Held>) {
      ::new (static_cast<void*>(room_)) Held(std::forward<F>(function));
      ops_ = &inside<Held>;
    } else {
      ::new (static_cast<void*>(room_)) Held*(new Held(std::forward<F>(function)));
      ops_ = &outside<Held>;
    }
  }

  /// Takes over what `other` holds and leaves it empty.
  Callback(Callback&& other) noexcept : ops_(other.ops_) {
    ops_->move(other.room_, room_);
    other.ops_ = &nothing;
  }

  /// Takes over what `other` holds, leaves that empty, and destroys what it held before. To itself:
  /// becomes empty.
  Callback& operator=(Callback&& other) noexcept {
    // What this one held is destroyed last: its destructor may call whoever owns this object.
    Callback old(std::move(*this));
    ops_ = std::exchange(other.ops_, &nothing);
    ops_->move(other.room_, room_);
    return *this;
  }

  ~Callback() { ops_->destroy(room_); }

  /// True when there is something to call.
  explicit operator bool() const noexcept { return ops_ != &nothing; }

  /// Calls the held object and returns what it returns; what it throws passes through.
  R operator()(Args... args) { return ops_->call(room_, std::forward<Args>(args)...); }

 private:
  struct Ops {
    R (*call)(void*, Args&&...);
    void (*move)(void* from, void* to) noexcept;
    void (*destroy)(void*) noexcept;
  };

  template <class F>
  static constexpr bool fits = sizeof(F) <= inline_size && alignof(F) <= alignof(void*) &&
                               std::is_nothrow_move_constructible_v<F>;

  template <class F> static R invoke(F& function, Args&&... args) {
    if constexpr (std::is_void_v<R>) {
      static_cast<void>(function(std::forward<Args>(args)...));
    } else {
      return function(std::forward<Args>(args)...);
    }
  }

  static constexpr Ops nothing{
      [](void*, Args&&...) -> R { panic("an empty Callback was called"); },
      [](void*, void*) noexcept {},
      [](void*) noexcept {},
  };

  template <class F>
  static constexpr Ops inside{
      [](void* room, Args&&... args) -> R {
        return invoke(*static_cast<F*>(room), std::forward<Args>(args)...);
      },
      [](void* from, void* to) noexcept {
        F* old = static_cast<F*>(from);
        ::new (to) F(std::move(*old));
        old->~F();
      },
      [](void* room) noexcept { static_cast<F*>(room)->~F(); },
  };

  template <class F>
  static constexpr Ops outside{
      [](void* room, Args&&... args) -> R {
        return invoke(**static_cast<F**>(room), std::forward<Args>(args)...);
      },
      [](void* from, void* to) noexcept { ::new (to) F*(*static_cast<F**>(from)); },
      [](void* room) noexcept { delete *static_cast<F**>(room); },
  };

  const Ops* ops_ = &nothing;
  alignas(void*) std::byte room_[inline_size];
};

}  // namespace troupe
