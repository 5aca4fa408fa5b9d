// core/record.hpp: what the queue holds: a step, and a function object that it runs or destroys.
// (internal)
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <troupe/core/call_queue.hpp>
#include <type_traits>
#include <utility>

namespace troupe::detail {

template <class F> struct OverAligned {  // an F that needs more alignment than records have
  template <class... X> explicit(false) OverAligned(X&&... x) noexcept {
    ::new (static_cast<void*>(std::addressof(get()))) F{std::forward<X>(x)...};
  }
  F& get() noexcept {
    return *reinterpret_cast<F*>((reinterpret_cast<std::uintptr_t>(room) + alignof(F) - 1) &
                                 ~(alignof(F) - 1));
  }
  alignas(8) std::byte room[sizeof(F) + alignof(F) - 8];
};

// F runs as f(core), and dies. One that returns something other than void has more to be run before
// the next record: it returns an object whose before(core, next), called when F has gone, says
// where the queue goes on.
template <class F> struct Record {
  RecordStep step;
  [[no_unique_address]] std::conditional_t<(alignof(F) > 8), OverAligned<F>, F> f;
  F& function() noexcept {
    if constexpr (alignof(F) > 8)
      return f.get();
    else
      return f;
  }
  static constexpr std::size_t size() noexcept { return (sizeof(Record) + 7) & ~std::size_t{7}; }
  static std::byte* run(Core* core, std::byte* at) noexcept(noexcept(std::declval<F&>()(*core))) {
    F& f = std::launder(reinterpret_cast<Record*>(at))->function();
    if (core) [[likely]] {
      if constexpr (!std::is_void_v<decltype(f(*core))>) {
        auto more = f(*core);
        f.~F();
        return more.before(*core, at + size());
      } else if constexpr (noexcept(f(*core))) {
        f(*core);
      } else {
        TROUPE_TRY { f(*core); }
        TROUPE_CATCH_ALL {
          f.~F();
          CallQueue::consumed(at + size());
          TROUPE_RETHROW;
        }
      }
    }
    f.~F();
    return at + size();
  }
};
template <class F> inline constexpr std::size_t record_size = Record<F>::size();

// Puts a record of F{args...} into a queue, or calls refuse(), where `args` are untouched: `args`
// are what F is made of, or functions of no argument that make it.
template <class F, class Refuse, class... X>
TROUPE_INLINE void push_record(CallQueue& queue, Refuse&& refuse, X&&... args) {
  queue.push<record_size<F>>(
      [&](void* p) { ::new (p) Record<F>{&Record<F>::run, {std::forward<X>(args)...}}; },
      std::forward<Refuse>(refuse));
}
// Puts a record of F{args...} into room that reserve() set aside, or, once the queue is closed,
// calls refuse().
template <class F, class Refuse, class... X>
void push_reserved_record(CallQueue& queue, Refuse&& refuse, X&&... args) {
  queue.push_reserved<record_size<F>>(
      [&](void* p) { ::new (p) Record<F>{&Record<F>::run, {std::forward<X>(args)...}}; },
      std::forward<Refuse>(refuse));
}

}  // namespace troupe::detail
