// must_not_compile/push_pipe_aligned.cpp: an answer that is aligned to more than a cell of the pool
// is.
// expect: a_value_that_outlives_its_turn_is_aligned_above_16_bytes_give_a_unique_ptr_to_it
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
struct Matrix {
#else
struct alignas(32) Matrix {
#endif
  double at = 0;
};
void use(Core& core) { auto [value, ret] = push_pipe<Matrix>(core); }
