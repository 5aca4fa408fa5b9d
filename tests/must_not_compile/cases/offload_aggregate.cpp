// must_not_compile/offload_aggregate.cpp: an argument that is an aggregate, made at the await.
// expect: name_it_first_GCC_12_destroys_an_aggregate_twice
// compilers: gcc
#include <memory>
#include <string>
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

struct Row {
  std::string text;
};
std::size_t length(const Row& row) { return row.text.size(); }
Task<> use(PoolRef pool) {
#ifdef FIXED
  const Row row{"text"};
  co_await offload(pool, &length, row);
#else
  co_await offload(pool, &length, Row{"text"});
#endif
}
