// base/panic.cpp: the one place that aborts.
#include <troupe/base/panic.hpp>

#include <cstdio>
#include <cstdlib>

namespace troupe {

void panic(std::string_view words, std::string_view where) noexcept {
  std::fprintf(stderr, "troupe: %.*s", static_cast<int>(words.size()), words.data());
  if (!where.empty()) std::fprintf(stderr, " (%.*s)", static_cast<int>(where.size()), where.data());
  std::fputc('\n', stderr);
  std::fflush(stderr);
  std::abort();
}

}  // namespace troupe
