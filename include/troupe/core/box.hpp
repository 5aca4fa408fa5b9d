// core/box.hpp: an actor's box: who counts it, whose it is, and where its parts stand. (internal)
#pragma once
#include <cstring>
#include <memory>
#include <new>
#include <troupe/base/borrow.hpp>
#include <troupe/core/box_header.hpp>
#include <troupe/core/core.hpp>
#include <utility>

namespace troupe::detail {

struct Held;

template <class A>
inline constexpr std::size_t id_at =
    sizeof(BoxHeader) + ((sizeof(A) < 8 ? 8 : sizeof(A)) + 7) / 8 * 8;
inline constexpr std::size_t ids_size =
    TROUPE_DEBUG ? 16 : 8;  // its own, and in debug builds its maker's
template <class A>
inline constexpr std::size_t box_size = alignof(A) > 8 ? (id_at<A> + ids_size + 15) / 16 * 16
                                                       : id_at<A> + ids_size;

struct Box : BoxHeader {
  using BoxHeader::BoxHeader;
  TROUPE_INLINE Core& core() const noexcept { return *Block::of(this)->core; }
  TROUPE_INLINE Kernel& kernel() const noexcept { return kernel_of(core()); }
  template <class A> TROUPE_INLINE A* state_of() noexcept {
    return std::launder(reinterpret_cast<A*>(reinterpret_cast<char*>(this) + sizeof(BoxHeader)));
  }
  // The calls that an actor in Prep is held; in the room of the state.
  Held*& held() noexcept {
    return *reinterpret_cast<Held**>(reinterpret_cast<char*>(this) + sizeof(BoxHeader));
  }
  std::uint64_t maker() const noexcept;    // 0 in release builds
  std::string_view name() const noexcept;  // empty if it has none

  // ---- names. A queued call names its box by a raw pointer: a dead box is freed only behind the
  // chunk in which it died.
  TROUPE_INLINE void ref() noexcept { ++refs; }
  TROUPE_INLINE void unref() noexcept {
    if (--refs == 0) [[unlikely]]
      last_name();
  }
  void own() noexcept {
    if (owners != UINT16_MAX) ++owners;
    ++refs;
  }
  TROUPE_INLINE void disown() noexcept {
    if (owners == 1) return last_owner();
    if (owners != UINT16_MAX) --owners;
    unref();
  }

  // ---- where it is in its life
  bool has_ended() const noexcept { return state >= ActorState::dying; }
  // Whether it can still fail: it has not said stop() or fail(), nor ended.
  bool can_fail() const noexcept { return state == ActorState::prep || state == ActorState::ready; }
  // Why a call that has come to an actor which does not take it is destroyed.
  Why why_missed() const noexcept { return can_fail() ? Why::dropped : Why::lost; }
  // Ready, and no flag is set: two bytes that lie side by side, read as one.
  TROUPE_INLINE bool is_plain() const noexcept {
    constexpr std::size_t at = offsetof(BoxHeader, state);
    static_assert(sizeof(ActorState) == 1 && offsetof(BoxHeader, type) == at + 2);
    constexpr unsigned char plain[2] = {static_cast<unsigned char>(ActorState::ready), 0};
    return std::memcmp(reinterpret_cast<const char*>(this) + at, plain, 2) == 0;
  }
  // Debug builds: a Cx is lent for a turn of its actor, or for the life of its tasks.
  TROUPE_INLINE void check_lent() const noexcept {
#if TROUPE_DEBUG
    const Kernel& k = kernel();
    if (k.turn != this && !tasks && !has_parked && !has_ended() && k.tasks.dying == 0) [[unlikely]]
      panic("a Cx was used beyond the turn that it was lent for: keep cx.this_actor() instead",
            type->name);
#endif
  }

 private:
  void last_name() noexcept;
  void last_owner() noexcept;
  void last_owner_late() noexcept;
};

// The queue's record of an owner's end; its step is that of the actor's type.
struct EndingRecord {
  RecordStep step;
  Box* box;
};

// A handler of an actor runs; debug builds know of it.
struct Turn {
#if TROUPE_DEBUG
  Turn(Core& core, Box& b) noexcept
      : kernel(kernel_of(core)), before(std::exchange(kernel.turn, &b)), borrows(b.type->name) {}
  Turn(const Turn&) = delete;
  ~Turn() { kernel.turn = before; }
  Kernel& kernel;
  Box* before;
  BorrowsInTurn borrows;
#else
  Turn(Core&, Box&) noexcept {}
#endif
};

// f(Box&) for all actors that live, in the order of their boxes.
template <class F> void each_actor(const Kernel& kernel, F&& f) {
  kernel.pool.each_box([&](void* cell) {
    auto& box = *static_cast<Box*>(cell);
    if (!box.has_ended()) f(box);
  });
}

}  // namespace troupe::detail
