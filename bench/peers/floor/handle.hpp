// floor/handle.hpp: a generation handle in place of a count: a queued call never touches its
// target, only prefetches it.
//
// Needs memory that always holds boxes of the same kind, so nothing is ever given back.
#pragma once

#include "actor.hpp"

namespace floor_peer {

template <class A> struct TaggedBox {
  u64 generation = 1;
  void* notice = nullptr;
  A state;
};

template <class A> struct Handle {
  static constexpr int shift = 48;
  u64 word = 0;

  static Handle to(TaggedBox<A>* box) noexcept {
    return {reinterpret_cast<u64>(box) | box->generation << shift};
  }
  [[nodiscard]] TaggedBox<A>* box() const noexcept {
    return reinterpret_cast<TaggedBox<A>*>(word & ((u64{1} << shift) - 1));
  }
  [[nodiscard]] bool alive() const noexcept { return box()->generation == word >> shift; }
};

template <auto Method, class A, class Arg> struct HandleCall {
  Handle<A> target;
  Arg arg;
  void operator()() {
    if (target.alive()) [[likely]]
      (target.box()->state.*Method)(std::move(arg));
  }
};

template <auto Method, class A, class Arg>
[[gnu::always_inline]] inline void call(Handle<A> target, Arg arg) {
  push<HandleCall<Method, A, Arg>>(target, std::move(arg));
  __builtin_prefetch(target.box(), 1);
}

}  // namespace floor_peer
