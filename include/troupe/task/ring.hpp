// task/ring.hpp: links of an object's rings: who waits there, and which awaitables know it.
// (internal)
//
// Either side may go first. A link leaves its ring when it is destroyed; an object that is
// destroyed lets go of all.
#pragma once
#include <memory>
#include <new>
#include <string_view>
#include <troupe/base/panic.hpp>

namespace troupe::detail {

// A node of a ring. Its owner says when it joins one and leaves it: in none it holds nothing.
class RingNode {
 public:
  RingNode() noexcept {}
  RingNode(const RingNode&) = delete;
  bool alone() const noexcept { return next_ == this; }
  RingNode& first() noexcept { return *next_; }
  RingNode& next() noexcept { return *next_; }  // the ring's own node, behind the last
  void join_alone(RingNode& ring) noexcept {    // as its last; this one is in none
    prev_ = ring.prev_;
    next_ = std::addressof(ring);
    prev_->next_ = next_->prev_ = this;
  }
  void leave() noexcept {
    prev_->next_ = next_;
    next_->prev_ = prev_;
  }
  void move_to(RingNode& ring) noexcept {  // as its last, out of the one that it is in
    leave();
    join_alone(ring);
  }

 protected:
  RingNode *prev_, *next_;
};

// One that leaves its ring when it is destroyed; alone it is a ring of its own. An object's ring is
// such a node that is nobody's.
class RingLink : public RingNode {
 public:
  RingLink() noexcept { prev_ = next_ = this; }
  ~RingLink() { leave(); }
  RingLink& first() noexcept { return static_cast<RingLink&>(*next_); }
  void unlink() noexcept {
    leave();
    prev_ = next_ = this;
  }
  void join(RingLink& ring) noexcept { move_to(ring); }
  void replace(RingLink& other) noexcept {  // takes the place of one that is not alone
    join(other);
    other.unlink();
  }
};

// Each of its members is alone from here on.
inline void let_go(RingLink& ring) noexcept {
  while (!ring.alone()) ring.first().unlink();
}

// Where an awaitable that was moved, that is, stored, is known to the object that it names: the
// object may go first.
class StoredPlace {
 public:
  StoredPlace() noexcept {}
  StoredPlace(const StoredPlace&) = delete;
  ~StoredPlace() {
    if (used_) link_.~RingLink();
  }
  // Of an awaitable that takes the place of another. `ring`: where that one's object keeps such
  // places.
  template <class Ring> void move_from(StoredPlace& other, const Ring& ring) noexcept {
    ::new (static_cast<void*>(std::addressof(link_))) RingLink;
    used_ = true;
    if (!other.used_)
      link_.join(ring());
    else if (!other.link_.alone())
      link_.replace(other.link_);
  }
  bool object_has_gone() const noexcept { return used_ && link_.alone(); }

 private:
  union {
    RingLink link_;
  };
  bool used_ = false;
};

// A ring of those that NotStored knows, where an object has none for others.
struct NotStoredRing {
#if TROUPE_DEBUG
  RingLink link;
  void object_goes() noexcept { let_go(link); }
#else
  void object_goes() noexcept {}
#endif
};

// Of one that was not stored: debug builds tell when it outlives its object, as one does that a
// function returns.
class NotStored {
 public:
#if TROUPE_DEBUG
  NotStored() noexcept = default;
  void know(RingLink& ring) noexcept {
    link_.join(ring);
    known_ = true;
  }
  void know(NotStoredRing& ring) noexcept { know(ring.link); }
  void expect_object(std::string_view what) const noexcept {
    if (known_ && link_.alone()) [[unlikely]]
      panic("an awaitable has outlived the object that it waits for", what);
  }

 private:
  RingLink link_;
  bool known_ = false;
#else
  void know(RingLink&) noexcept {}
  void know(NotStoredRing&) noexcept {}
  void expect_object(std::string_view) const noexcept {}
#endif
};

}  // namespace troupe::detail
