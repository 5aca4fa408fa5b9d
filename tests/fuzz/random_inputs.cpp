// fuzz/random_inputs.cpp: a fuzzer's harness as a test: inputs of chance, the same in each run.
//
// TROUPE_SEED=n begins with the input that seed n makes. Whatever ends the process, the seed is told.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <string>
#include <troupe/base/platform.hpp>
#include <vector>

#include "support/require.hpp"
#include "support/seed.hpp"

#if TROUPE_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int inputs = 2000;
constexpr std::size_t longest = 3000;  // bytes

void tell() { std::fprintf(stderr, "%s\n", troupe_test::again().c_str()); }
void tell_and_end(int signal) {
  tell();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}
void tell_whatever_comes() {
  std::signal(SIGABRT, tell_and_end);
#if TROUPE_ASAN
  __sanitizer_set_death_callback(tell);
#else
  std::signal(SIGSEGV, tell_and_end);
#endif
}

TEST(RandomInputs, HoldWhatTheHarnessDemands) {
  tell_whatever_comes();
  for (std::uint64_t seed = troupe_test::seed(); seed < troupe_test::seed() + inputs; ++seed) {
    troupe_test::again() = "TROUPE_SEED=" + std::to_string(seed);
    troupe_test::Dice dice(seed);
    std::vector<std::uint8_t> bytes(dice.below(longest));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(dice.next());
    EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0);
  }
}

}  // namespace
