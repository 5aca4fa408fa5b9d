// must_not_compile/defer_aligned.cpp: a bound argument that is aligned to more than what a queue
// holds.
// expect: a_bound_argument_is_aligned_to_more_than_16_bytes_bind_a_std_unique_ptr_to_it
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
void use(Core& core) {
  defer(core, [](Matrix) {}, Matrix());
}
