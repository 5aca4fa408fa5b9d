// must_not_compile/task_result_aligned.cpp: a result that is aligned to more than a frame is.
// expect: a_result_is_aligned_to_more_than_16_bytes_give_a_std_unique_ptr_to_it
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
Task<Matrix> make() { co_return Matrix(); }
