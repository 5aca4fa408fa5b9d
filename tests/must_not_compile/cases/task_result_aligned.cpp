// must_not_compile/task_result_aligned.cpp: a result that is aligned to more than a frame is.
// expect: a result that is aligned to more than 16 bytes does not fit
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
