// must_not_compile/yield_aggregate.cpp: an aggregate that is made where it is yielded: GCC 12
// destroys it twice.
// expect: name_it_first_GCC_12_destroys_an_aggregate_twice
// compilers: gcc
#include <memory>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Job {
  int number;
  std::string name;
};
Generator<Job> use() {
#ifdef FIXED
  const Job job{1, "x"};
  co_yield job;
#else
  co_yield Job{1, "x"};
#endif
}
