// must_not_compile/ask_aggregate.cpp: an aggregate that is made where it is awaited: GCC 12
// destroys it twice.
// expect: name_it_first_GCC_12_destroys_an_aggregate_twice
// compilers: gcc
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Job {
  int number;
  std::string name;
};
struct Worker {
  int work(Job job) { return job.number; }
};
Task<> use(Actor<Worker> worker) {
#ifdef FIXED
  const Job job{1, "x"};
  (void)co_await ask<&Worker::work>(worker, job);
#else
  (void)co_await ask<&Worker::work>(worker, Job{1, "x"});
#endif
}
