// support/measure.hpp: clock, check sum and allocation counter of the C++ benchmark programs.
//
// Each program is called as `<program> <workload> <n> <reps>` and prints one line a repetition
// (`workload repetition ns-per-operation`), then lines that begin with `#` (sum, allocs). The Rust
// peers print the same lines (peers/measure).
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

using u64 = std::uint64_t;

/// Operations are counted in batches of this size, so that `n` is a multiple of it in every
/// workload.
inline constexpr u64 batch = 1000;

/// The check sum: what handlers and destructors add to.
inline u64 sum = 0;

/// Calls of malloc and its kin so far, `operator new` included; counted by
/// support/count_allocations.cpp.
[[nodiscard]] u64 allocations() noexcept;

/// Bytes that the process holds from the heap, including the allocator's own headers.
[[nodiscard]] double heap_bytes() noexcept;

/// Sum of 0, 1, ..., n - 1.
[[nodiscard]] constexpr u64 triangle(u64 n) noexcept { return n == 0 ? 0 : n * (n - 1) / 2; }

/// What the command line asks for.
struct Run {
  std::string workload;
  u64 n = 0;
  u64 reps = 0;

  /// Reads the command line; ends the program with a sentence when it does not fit.
  static Run from_args(int argc, char** argv);

  /// Whether `name` is asked for.
  [[nodiscard]] bool is(std::string_view name) const noexcept { return workload == name; }

  /// Prints the line of one repetition.
  void line(u64 rep, double value) const;

  /// Ends the measurement: aborts unless the check sum is what `reps` repetitions of `each` give.
  /// Returns the exit code.
  int check(u64 each) const;

  /// Says that there is no such workload. Returns the exit code.
  int unknown() const;

  /// Runs `body(n)` once a repetition and prints what an operation took, then what the last
  /// repetition allocated.
  template <class Body> void repeat(Body body) const;

  /// Runs `body(n)` once a repetition and prints what it returns, nanoseconds of wall time, an
  /// operation: for workloads of several threads.
  template <class Body> void repeat_wall(Body body) const {
    for (u64 rep = 0; rep < reps; ++rep) line(rep, body(n) / static_cast<double>(n));
  }

 private:
  void allocs_line(u64 count) const;
};

/// Nanoseconds of processor time that this process has had: what else runs on the machine is not
/// charged to it.
[[nodiscard]] double now_ns() noexcept;

/// Nanoseconds of a clock on the wall.
[[nodiscard]] double wall_ns() noexcept;

template <class Body> void Run::repeat(Body body) const {
  u64 allocated = 0;
  for (u64 rep = 0; rep < reps; ++rep) {
    const u64 before = allocations();
    const double start = now_ns();
    body(n);
    const double took = now_ns() - start;
    allocated = allocations() - before;
    line(rep, took / static_cast<double>(n));
  }
  allocs_line(allocated);
}

/// The generator that all programs share, so that all get the same order and the same expiry times.
class Xorshift {
 public:
  u64 next() noexcept {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }

  /// 0 .. n - 1, in order or in random order.
  std::vector<std::size_t> order(std::size_t n, bool random) {
    std::vector<std::size_t> result(n);
    std::iota(result.begin(), result.end(), std::size_t{0});
    if (random) {
      for (std::size_t i = n - 1; i > 0; --i) std::swap(result[i], result[next() % (i + 1)]);
    }
    return result;
  }

 private:
  u64 state_ = 88172645463325252ULL;
};

/// The spread and the step of the timer workloads, in nanoseconds and microseconds.
inline constexpr u64 timer_span_us = 100'000'000;
inline constexpr u64 timer_step_us = 1'000;
inline constexpr u64 timer_steps = timer_span_us / timer_step_us + 1;
inline constexpr u64 timer_max_ahead_us = 60'000'000;

}  // namespace bench
