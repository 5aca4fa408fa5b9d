// must_not_compile/queue_aligned.cpp: a queue of values that are aligned to more than a coroutine's
// frame is.
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
void use() { Queue<Matrix> queue(4); }
