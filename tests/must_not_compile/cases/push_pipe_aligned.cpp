// must_not_compile/push_pipe_aligned.cpp: an answer that is aligned to more than a cell of the pool is.
// expect: an answer that is aligned to more than 16 bytes does not fit
// door: header
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
struct Matrix {
#else
struct alignas(32) Matrix {
#endif
  double at[4] = {};
};
void use(Core& core) { auto [value, ret] = push_pipe<Matrix>(core); }
