// must_not_compile/offload_ret_without_context.cpp: a Ret, and no runtime for its answer.
// expect: a_Ret_is_answered_in_its_runtime_write_offload_of_cx_pool_function_ret_arguments
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

int same(int n) { return n; }
void use([[maybe_unused]] Core& core, const Pool& pool, Ret<int> ret) {
#ifdef FIXED
  offload(core, pool, &same, std::move(ret), 1);
#else
  offload(pool, &same, std::move(ret), 1);
#endif
}
