// must_not_compile/queue_aggregate.cpp: an aggregate that is made where it is awaited: GCC 12
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
Task<> use(std::shared_ptr<Queue<Job>> queue) {
#ifdef FIXED
  const Job job{1, "x"};
  (void)co_await queue->push(job);
#else
  (void)co_await queue->push({1, "x"});
#endif
}
