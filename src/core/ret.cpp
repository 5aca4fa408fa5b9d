// core/ret.cpp: the compiled part of Rets.
#include <troupe/core/ret.hpp>

#include <troupe/base/panic.hpp>

namespace troupe::detail {

void answered_twice(std::string_view type) noexcept {
  panic("a Ret was answered twice, or after it was moved from", type);
}

}  // namespace troupe::detail
