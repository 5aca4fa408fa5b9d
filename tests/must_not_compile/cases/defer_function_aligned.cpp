// must_not_compile/defer_function_aligned.cpp: a function object that is aligned to more than what
// a queue holds.
// expect: a_function_object_is_aligned_to_more_than_16_bytes_bind_values_behind_it
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
struct Show {
#else
struct alignas(32) Show {
#endif
  void operator()() {}
  double at = 0;
};
void use(Core& core) { defer(core, Show()); }
