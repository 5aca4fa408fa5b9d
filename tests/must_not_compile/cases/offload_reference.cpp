// must_not_compile/offload_reference.cpp: a job that is given a view.
// expect: a_bound_argument_borrows_pass_a_value_that_owns_or_unsafe_borrow_it
#include <string>
#include <string_view>
#include <troupe/thread.hpp>

using namespace troupe;

std::size_t length(std::string_view text) { return text.size(); }
Task<> use(PoolRef pool, std::string text) {
#ifdef FIXED
  co_await offload(pool, &length, text);
#else
  co_await offload(pool, &length, std::string_view(text));
#endif
}
