// must_not_compile/task_parameter_aligned.cpp: a parameter that is aligned to more than a frame is.
// expect: a_parameter_is_aligned_to_more_than_16_bytes_take_a_std_unique_ptr_to_it
// errors-gcc: 2 GCC goes on behind the first
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
Task<> use(Matrix) { co_return; }
