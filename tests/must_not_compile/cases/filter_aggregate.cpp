// must_not_compile/filter_aggregate.cpp: a function object with fields, made beside an await: GCC
// 12 destroys it twice.
// expect: name_it_first_GCC_12_destroys_an_aggregate_twice
// compilers: gcc
#include <memory>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Test {
  std::string name;
  bool operator()(const int& n) { return n > 0; }
};
Task<> use(PipeStream<int> stream) {
#ifdef FIXED
  const Test test{"x"};
  (void)co_await collect(filter(std::move(stream), test));
#else
  (void)co_await collect(filter(std::move(stream), Test{"x"}));
#endif
}
