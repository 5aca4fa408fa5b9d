// apps/respd/server/descriptors.cpp: the limit of descriptors, where the system has one.
#include "server/descriptors.hpp"

#include <algorithm>

#if __has_include(<sys/resource.h>)
#include <sys/resource.h>
#endif

namespace respd {

#if __has_include(<sys/resource.h>)
std::size_t provide_descriptors(std::size_t wanted, std::size_t own) noexcept {
  const auto needed = static_cast<rlim_t>(wanted + own);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  if (limit.rlim_cur < needed) {
    rlimit raised = limit;
    raised.rlim_cur = std::min(needed, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  const auto there = static_cast<std::size_t>(std::min(limit.rlim_cur, needed));
  return there > own ? there - own : 0;
}
#else
std::size_t provide_descriptors(std::size_t wanted, std::size_t) noexcept { return wanted; }
#endif

}  // namespace respd
