// must_not_compile/offload_without_ret.cpp: a context, and no Ret behind the function.
// expect: behind_the_pool_comes_the_function_then_a_Ret_of_its_result_then_its_arguments
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

int same(int n) { return n; }
void use(Core& core, const Pool& pool) {
#ifdef FIXED
  offload(core, pool, &same, ret_nop, 1);
#else
  offload(core, pool, &same, 1);
#endif
}
