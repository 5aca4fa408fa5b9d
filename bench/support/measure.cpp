// support/measure.cpp: the parts of measure.hpp that need no template.
#include "measure.hpp"

#include <malloc.h>
#include <time.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace bench {
namespace {

u64 number(const char* text) {
  char* end = nullptr;
  const u64 value = std::strtoull(text, &end, 10);
  return *end == '\0' ? value : 0;
}

double read(clockid_t clock) noexcept {
  std::timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

}  // namespace

Run Run::from_args(int argc, char** argv) {
  Run run;
  if (argc == 4) run = Run{argv[1], number(argv[2]), number(argv[3])};
  if (run.n == 0 || run.n % batch != 0 || run.reps == 0) {
    std::fprintf(stderr, "usage: %s <workload> <n> <reps>   (n a multiple of %" PRIu64 ")\n",
                 argv[0], batch);
    std::exit(2);
  }
  return run;
}

void Run::line(u64 rep, double value) const {
  std::printf("%s %" PRIu64 " %.3f\n", workload.c_str(), rep, value);
}

void Run::allocs_line(u64 count) const {
  std::printf("# allocs %.4f\n", static_cast<double>(count) / static_cast<double>(n));
}

int Run::check(u64 each) const {
  const u64 expected = each * reps;
  std::printf("# sum %" PRIu64 "\n", sum);
  std::fflush(stdout);
  if (sum == expected) return 0;
  std::fprintf(stderr, "%s: check sum is %" PRIu64 ", expected %" PRIu64 "\n", workload.c_str(),
               sum, expected);
  std::abort();
}

int Run::unknown() const {
  std::fprintf(stderr, "no workload named %s\n", workload.c_str());
  return 2;
}

double now_ns() noexcept { return read(CLOCK_PROCESS_CPUTIME_ID); }

double wall_ns() noexcept { return read(CLOCK_MONOTONIC); }

double heap_bytes() noexcept {
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

}  // namespace bench
