// floor/reply.hpp: Fwd and Ret of the floors, for one `u64`: a counted box, and a box from a pool
// that is used once.
#pragma once

#include "actor.hpp"

namespace floor_peer {

struct FwdBox {
  void (*send)(FwdBox*, u64);
  void (*destroy)(FwdBox*);
  u64 count = 1;
};

class Fwd {
 public:
  Fwd() = default;
  explicit Fwd(FwdBox* box) noexcept : box_(box) {}
  Fwd(const Fwd& other) noexcept : box_(other.box_) {
    if (box_) ++box_->count;
  }
  Fwd(Fwd&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  Fwd& operator=(Fwd other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~Fwd() {
    if (box_ && --box_->count == 0) box_->destroy(box_);
  }
  void operator()(u64 value) const { box_->send(box_, value); }

 private:
  FwdBox* box_ = nullptr;
};

template <auto Method, class A> Fwd fwd_to(Actor<A> actor) {
  struct To : FwdBox {
    Actor<A> target;
    explicit To(Actor<A> actor)
        : FwdBox{[](FwdBox* box, u64 value) { call<Method>(static_cast<To*>(box)->target, value); },
                 [](FwdBox* box) { delete static_cast<To*>(box); }},
          target(std::move(actor)) {}
  };
  return Fwd(new To(std::move(actor)));
}

struct RetBox {
  void (*answer)(RetBox*, const u64* value);  // null: dropped unanswered
};

class Ret {
 public:
  explicit Ret(RetBox* box) noexcept : box_(box) {}
  Ret(Ret&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  Ret& operator=(Ret&&) = delete;
  ~Ret() {
    if (box_) box_->answer(box_, nullptr);
  }
  void operator()(u64 value) {
    RetBox* const box = std::exchange(box_, nullptr);
    box->answer(box, &value);
  }

 private:
  RetBox* box_;
};

template <auto Method, class A> Ret ret_to(Box<A>* target) {
  struct To : RetBox {
    Actor<A> target;
    explicit To(Box<A>* box)
        : RetBox{[](RetBox* ret, const u64* value) {
            To* const to = static_cast<To*>(ret);
            if (value) call<Method>(to->target, *value);
            to->~To();
            PoolFor<sizeof(To)>::give(to);
          }},
          target(box) {}
  };
  return Ret(new (PoolFor<sizeof(To)>::take()) To(target));
}

}  // namespace floor_peer
