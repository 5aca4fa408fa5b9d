// must_not_compile/for_each_aggregate.cpp: an aggregate that is made where it is awaited: GCC 12
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
Task<> use(PipeStream<int> stream) {
#ifdef FIXED
  const Job job{1, "x"};
  co_await for_each(std::move(stream), [](const Job&, int) {}, job);
#else
  co_await for_each(std::move(stream), [](const Job&, int) {}, Job{1, "x"});
#endif
}
