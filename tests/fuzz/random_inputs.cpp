// fuzz/random_inputs.cpp: a fuzzer's harness as a test: inputs of chance, the same in each run.
//
// TROUPE_SEED=n begins with the input that seed n makes. TROUPE_FUZZ_SECONDS=n goes on for n
// seconds instead, with new seeds where none was given. Whatever ends the process, the seed is
// told.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "support/require.hpp"
#include "support/seed.hpp"
#include "support/tell_again.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Watch = std::chrono::steady_clock;

constexpr int inputs = 2000;  // at most, and
constexpr auto longest_run =
    std::chrono::seconds(5);           // so that one test stays short under sanitizers
constexpr std::size_t longest = 3000;  // bytes

const char* given(const char* name) {
  const char* text = std::getenv(name);
  return text && *text ? text : nullptr;
}

TEST(RandomInputs, HoldWhatTheHarnessDemands) {
  troupe_test::tell_whatever_comes();
  const char* seconds = given("TROUPE_FUZZ_SECONDS");
  const bool is_fresh = seconds && !given("TROUPE_SEED");
  const std::uint64_t first = is_fresh ? std::random_device()() : troupe_test::seed();
  const auto end =
      Watch::now() + (seconds ? std::chrono::seconds(std::atoi(seconds)) : longest_run);
  std::uint64_t seed = first;
  for (; (seconds || seed < first + inputs) && Watch::now() < end; ++seed) {
    troupe_test::again() = "TROUPE_SEED=" + std::to_string(seed);
    troupe_test::Dice dice(seed);
    std::vector<std::uint8_t> bytes(dice.below(longest));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(dice.next());
    EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0);
  }
  std::printf("%d inputs from TROUPE_SEED=%llu\n", static_cast<int>(seed - first),
              static_cast<unsigned long long>(first));
}

}  // namespace
