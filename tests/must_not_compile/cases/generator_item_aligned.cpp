// must_not_compile/generator_item_aligned.cpp: an item that is aligned to more than a frame is.
// expect: an item that is aligned to more than 16 bytes does not fit
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
