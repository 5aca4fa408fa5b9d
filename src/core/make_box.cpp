// core/make_box.cpp: what making a box seldom needs.
#include <troupe/core/make_box.hpp>

#include <troupe/core/notice.hpp>

namespace troupe::detail {

void no_box(Notice* notice) {
  if (notice) {
    notice->ret.fail(ActorFail(Why::no_memory));
    Pool::destroy(*notice);
  }
  TROUPE_THROW(std::bad_alloc{});
}

void opened(Box& box, std::uint64_t parent) noexcept {
  Kernel& k = box.kernel();
  log_span_open(k.logger, k.core, k.now, box.id(), box.type->name, parent);
}

}  // namespace troupe::detail
