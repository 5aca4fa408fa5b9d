// core/make_box.hpp: a box for an actor that is made. (internal)
#pragma once
#include <troupe/base/type_name.hpp>
#include <troupe/core/cx.hpp>
#include <troupe/core/life.hpp>

namespace troupe::detail {

template <class A>
concept fits_a_box = alignof(A) <= 16 && box_size<A> <= Pool::largest;

template <class A> const ActorType& actor_type() noexcept {
  static constexpr ActorType type{type_name<A>, Pool::class_of(box_size<A>), id_at<A>,
                                  [](Box& b) { b.state_of<A>()->~A(); }, &OwnerEnd<A>::run};
  return type;
}

TROUPE_COLD [[noreturn]] void no_box(
    Notice* notice);  // throws bad_alloc, having told the notice so
TROUPE_COLD void opened(Box& box, std::uint64_t parent) noexcept;  // tells the log

// With its first owner. Throws bad_alloc, having told the notice so.
template <class A> TROUPE_INLINE Box& make_box(Core& core, Notice* notice, std::uint64_t parent) {
  static_assert(fits_a_box<A>,
                "troupe: an actor's state is at most 128 KiB, aligned to at most 16: keep more of "
                "it behind a pointer");
  Kernel& kernel = kernel_of(core);
  void* cell = kernel.pool.take(Pool::class_of(box_size<A>), true);
  if (!cell) [[unlikely]]
    no_box(notice);
  Box& b = CxDoor::make<A>(cell, actor_type<A>());
  b.held() = nullptr;
  b.notice = notice;
  const std::uint64_t id = kernel.logger.new_id();
  char* ids = static_cast<char*>(cell) + id_at<A>;
  std::memcpy(ids, &id, sizeof(id));
  if constexpr (ids_size > sizeof(id)) std::memcpy(ids + sizeof(id), &parent, sizeof(parent));
  if (kernel.logger.allows(LogLevel::open)) [[unlikely]]
    opened(b, parent);
  return b;
}

}  // namespace troupe::detail
