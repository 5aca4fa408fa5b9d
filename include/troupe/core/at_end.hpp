// core/at_end.hpp: who is told that a runtime ends, once nothing comes in from other threads any
// more. (internal)
#pragma once
#include <troupe/core/linked.hpp>

namespace troupe::detail {

// The home side of something that other threads hold. Linked into `Kernel::at_end` on the runtime's
// thread; it may leave the list there. At the end it is out of the list when `end` is called.
struct AtEnd : Linked<AtEnd> {
  using End = void (*)(AtEnd& self) noexcept;
  explicit AtEnd(End e) noexcept : end(e) {}
  AtEnd(const AtEnd&) = delete;
  const End end;
};

}  // namespace troupe::detail
