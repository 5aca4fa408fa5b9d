// base/handle.hpp: what names one object, and lets go of it once. (internal)
#pragma once
#include <utility>

namespace troupe::detail {

// Names an object, or none: move-only. Whoever goes, or is assigned to, calls `LetGo`, a noexcept
// member function of T or of a base of it. (What is used by the million says its five moves itself:
// tasks, streams, Fwds, actors.)
template <class T, auto LetGo> class Handle {
 public:
  Handle() noexcept = default;
  // Takes over what the caller had of the object.
  explicit Handle(T* object) noexcept : object_(object) {}
  Handle(Handle&& other) noexcept : object_(other.release()) {}
  Handle& operator=(Handle&& other) noexcept {
    const Handle old(std::move(*this));
    object_ = other.release();
    return *this;
  }
  ~Handle() {
    if (object_) (object_->*LetGo)();
  }
  T* operator->() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* get() const noexcept { return object_; }
  T* release() noexcept { return std::exchange(object_, nullptr); }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

}  // namespace troupe::detail
