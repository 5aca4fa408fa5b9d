// core/spare.cpp: the list of those who hold memory that can be asked back.
#include <troupe/core/spare.hpp>

namespace troupe::detail {

void Spare::leave() noexcept {
  prev_->next_ = next_;
  next_->prev_ = prev_;
  prev_ = next_ = this;
}

void Spare::put_before(Spare& other) noexcept {
  prev_ = other.prev_;
  next_ = &other;
  prev_->next_ = other.prev_ = this;
}

void Spare::join(Spare& list) noexcept {
  if (!is_listed()) put_before(list);
}

void Spare::trim_all() noexcept {
  Spare left(nullptr);  // still to be asked: whatever they do, each is asked once
  left.put_before(*this);
  leave();
  while (left.is_listed()) {
    Spare& next = *left.next_;
    next.leave();
    next.put_before(*this);
    next.trim_(next);
  }
}

}  // namespace troupe::detail
