// must_not_compile/step_result_aligned.cpp: a Step's result that is aligned to more than a frame
// is.
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
Step<Matrix> use() { co_return Matrix(); }
