// support/tell_again.hpp: whatever ends the process of a random test, how its input is made again
// is told.
#pragma once
#include <csignal>
#include <cstdio>
#include <troupe/base/platform.hpp>

#include "support/require.hpp"

#if TROUPE_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace troupe_test {

inline void tell_again() { std::fprintf(stderr, "%s\n", again().c_str()); }
inline void tell_again_and_end(int signal) {
  tell_again();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}
/// From here on.
inline void tell_whatever_comes() {
  std::signal(SIGABRT, tell_again_and_end);
#if TROUPE_ASAN
  __sanitizer_set_death_callback(tell_again);
#else
  std::signal(SIGSEGV, tell_again_and_end);
#endif
}

}  // namespace troupe_test
