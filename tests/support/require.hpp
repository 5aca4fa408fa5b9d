// support/require.hpp: what a model demands of the code beside it; where that does not hold, the
// process ends.
//
// Models serve random tests and fuzzers alike, and a fuzzer keeps the input with which the process
// ended. A random test says beforehand how its input is made again.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string>

namespace troupe_test {

/// How the present input is made again; empty where a fuzzer made it.
inline std::string& again() {
  static std::string text;
  return text;
}

inline void require(bool holds, const char* what,
                    std::source_location where = std::source_location::current()) {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "%s:%u: not so: %s\n%s\n", where.file_name(),
               static_cast<unsigned>(where.line()), what, again().c_str());
  std::abort();
}

}  // namespace troupe_test
