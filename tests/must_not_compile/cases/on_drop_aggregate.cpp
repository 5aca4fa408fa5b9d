// must_not_compile/on_drop_aggregate.cpp: an aggregate that is made where it is awaited: GCC 12
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
Task<> use() {
#ifdef FIXED
  const Job job{1, "x"};
  auto undo = co_await on_drop([](const Job&) {}, job);
#else
  auto undo = co_await on_drop([](const Job&) {}, Job{1, "x"});
#endif
  co_await sleep(std::chrono::seconds(1));
}
