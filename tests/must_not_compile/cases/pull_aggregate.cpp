// must_not_compile/pull_aggregate.cpp: an aggregate that is made where it is awaited: GCC 12
// destroys it twice.
// expect: name_it_first_GCC_12_destroys_an_aggregate_twice
// compilers: gcc
#include <memory>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Start {
  std::string name;
  void operator()(Core&, Ret<int> ret) { ret(1); }
};
Task<> use() {
#ifdef FIXED
  const Start start{"x"};
  (void)co_await pull<int>(start);
#else
  (void)co_await pull<int>(Start{"x"});
#endif
}
