// core/bound.hpp: bound arguments of a Ret: in its two words, or in a cell that the words name.
// (internal)
#pragma once
#include <new>
#include <troupe/base/pack.hpp>
#include <troupe/base/relocatable.hpp>
#include <troupe/core/core.hpp>
#include <troupe/core/drop_scope.hpp>
#include <troupe/core/words.hpp>

namespace troupe::detail {

// A cell for what has no actor to name its runtime: from the pool of the runtime that runs on this
// thread, else the heap; the lowest bit of its address tells which. Throws bad_alloc.
void* take_anywhere(std::size_t bytes);
// A cell for what belongs to the runtime of `core`, from its pool. As take_anywhere() where that is
// null or has ended.
void* take_for(Core* core, std::size_t bytes);
void give_anywhere(void* cell, std::size_t bytes) noexcept;

template <class... B>
inline constexpr bool fits_words = (relocatable<B> && ...) && sizeof(Pack<B...>) <= sizeof(Words) &&
                                   alignof(Pack<B...>) <= alignof(Words);

template <class P, bool Inline> struct Bound {
  template <class... B> static Words put(Core* core, B&&... b) {
    Words w{};
    if constexpr (std::is_empty_v<P>) {
      return w;
    } else if constexpr (Inline) {
      ::new (static_cast<void*>(w.raw)) P(detail::pack(std::forward<B>(b)...));
      return w;
    } else {
      void* cell = nullptr;
      TROUPE_TRY { cell = take_for(core, sizeof(P)); }
      TROUPE_CATCH_ALL {
        DropScope why{Why::no_memory};
        { [[maybe_unused]] auto dies_here = detail::pack(std::forward<B>(b)...); }
        TROUPE_RETHROW;
      }
      ::new (untagged(cell)) P(detail::pack(std::forward<B>(b)...));
      std::memcpy(w.raw, &cell, sizeof(cell));
      return w;
    }
  }
  // f(pack), and then the pack is gone, also when f throws.
  template <class F> static void with(Words w, F&& f) {
    struct Gone {
      P* p;
      void* cell;
      ~Gone() {
        p->~P();
        if constexpr (!Inline) give_anywhere(cell, sizeof(P));
      }
    } gone{nullptr, nullptr};
    if constexpr (Inline) {
      gone.p = std::launder(reinterpret_cast<P*>(w.raw));
    } else {
      std::memcpy(&gone.cell, w.raw, sizeof(gone.cell));
      gone.p = static_cast<P*>(untagged(gone.cell));
    }
    f(*gone.p);
  }

 private:
  static void* untagged(void* cell) noexcept {
    return reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(cell) & ~std::uintptr_t{1});
  }
};

}  // namespace troupe::detail
