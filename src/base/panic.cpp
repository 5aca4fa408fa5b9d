// base/panic.cpp: the one place that aborts.
#include <troupe/base/panic.hpp>

#include <cstdio>
#include <cstdlib>

namespace troupe {

namespace detail {
#if TROUPE_DEBUG
const char
    the_program_has_debug_checks_and_the_troupe_library_has_not__build_both_with_or_without_NDEBUG =
        0;
#else
const char
    the_troupe_library_has_debug_checks_and_the_program_has_not__build_both_with_or_without_NDEBUG =
        0;
#endif
}  // namespace detail

void panic(std::string_view words, std::string_view where) noexcept {
  std::fprintf(stderr, "troupe: %.*s", static_cast<int>(words.size()), words.data());
  if (!where.empty()) std::fprintf(stderr, " (%.*s)", static_cast<int>(where.size()), where.data());
  std::fputc('\n', stderr);
  std::fflush(stderr);
  std::abort();
}

}  // namespace troupe
