// must_not_compile/generator_parameter_aligned.cpp: a parameter that is aligned to more than a
// frame is.
// expect: a parameter is aligned to more than 16 bytes
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
Generator<int> make(Matrix) { co_yield 1; }
