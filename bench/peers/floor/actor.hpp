// floor/actor.hpp: the least actor that still has a life: counted box, state check, queued start
// and end.
//
// What it lacks against a real one: preparation, notices, ids, tasks, exceptions, a second runtime.
#pragma once

#include <cstdint>
#include <new>
#include <tuple>
#include <utility>

#include "pool.hpp"
#include "queue.hpp"

namespace floor_peer {

using u64 = std::uint64_t;

enum class Life : std::uint32_t { preparing, ready, ended };

struct Header {
  std::uint32_t count = 1;
  Life life = Life::preparing;
  void* rest[3] = {};  // type, notice, tasks: what a real header holds
};

template <class A> struct Box {
  Header head;
  alignas(A) unsigned char space[sizeof(A)];

  A& state() noexcept { return *std::launder(reinterpret_cast<A*>(space)); }
  void hold() noexcept { ++head.count; }
  void release() noexcept {
    if (--head.count == 0) [[unlikely]]
      PoolFor<sizeof(Box)>::give(this);
  }
};

/// A counted handle.
template <class A> class Actor {
 public:
  Actor() = default;
  explicit Actor(Box<A>* box) noexcept : box_(box) { box->hold(); }
  Actor(const Actor& other) noexcept : box_(other.box_) {
    if (box_) box_->hold();
  }
  Actor(Actor&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  Actor& operator=(Actor other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~Actor() {
    if (box_) box_->release();
  }
  [[nodiscard]] Box<A>* box() const noexcept { return box_; }

 private:
  Box<A>* box_ = nullptr;
};

/// What a handler learns about itself.
template <class A> struct Cx {
  Box<A>* self;
  bool stop = false;
};

template <class A> [[gnu::noinline]] void end(Box<A>* box) noexcept {
  if (box->head.life == Life::ready) box->state().~A();
  box->head.life = Life::ended;
}

template <auto Method, class A, class Arg> struct Call {
  Box<A>* box;
  Arg arg;
  [[gnu::always_inline]] void operator()() {
    if (box->head.life == Life::ready) [[likely]] {
      Cx<A> cx{box};
      (box->state().*Method)(cx, std::move(arg));
      if (cx.stop) [[unlikely]]
        end(box);
    }
  }
  [[gnu::always_inline]] ~Call() { box->release(); }
};

template <auto Method, class A, class Arg>
[[gnu::always_inline]] inline void call(Box<A>* box, Arg arg) {
  box->hold();
  push<Call<Method, A, Arg>>(box, std::move(arg));
}

template <auto Method, class A, class Arg>
[[gnu::always_inline]] inline void call(const Actor<A>& actor, Arg arg) {
  call<Method>(actor.box(), std::move(arg));
}

template <class A, class... Args> struct Start {
  Box<A>* box;
  std::tuple<Args...> args;
  void operator()() {
    std::apply([this](Args&... each) { new (box->space) A(each...); }, args);
    box->head.life = Life::ready;
  }
  ~Start() { box->release(); }
};

template <class A> struct End {
  Box<A>* box;
  void operator()() { end(box); }
  ~End() { box->release(); }
};

/// The owner: ends the actor when it goes.
template <class A> class Owner {
 public:
  explicit Owner(Box<A>* box) noexcept : box_(box) {}
  Owner(Owner&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  Owner& operator=(Owner&&) = delete;
  ~Owner() {
    if (box_) push<End<A>>(box_);  // the record takes over the owner's count
  }
  [[nodiscard]] Box<A>* box() const noexcept { return box_; }
  [[nodiscard]] Actor<A> handle() const noexcept { return Actor<A>(box_); }

 private:
  Box<A>* box_;
};

template <class A, class... Args> Owner<A> make_actor(Args... args) {
  auto* const box = new (PoolFor<sizeof(Box<A>)>::take()) Box<A>();
  box->hold();
  push<Start<A, Args...>>(box, std::tuple<Args...>(std::move(args)...));
  return Owner<A>(box);
}

}  // namespace floor_peer
