// must_not_compile/generator_item_aligned.cpp: an item that is aligned to more than a frame is.
// expect: an_item_is_aligned_to_more_than_16_bytes_yield_a_std_unique_ptr_to_it
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
Generator<Matrix> make() { co_yield Matrix(); }
