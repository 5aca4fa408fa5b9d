// must_not_compile/step_aligned.cpp: a Step's parameter that is aligned to more than a frame is.
// expect: a_parameter_is_aligned_to_more_than_16_bytes_take_a_reference_to_it
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
Step<> use(Matrix) { co_return; }
