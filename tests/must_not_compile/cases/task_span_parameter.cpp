// must_not_compile/task_span_parameter.cpp: a coroutine with a span as a parameter.
// expect: deleted
// expect: a_Task_must_own_its_parameters_take_them_by_value_or_return_a_Step
// errors-gcc: 2 GCC goes on behind the first
#include <span>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

using namespace troupe;

#ifdef FIXED
Task<void> use(std::vector<int>) { co_return; }
#else
Task<void> use(std::span<const int>) { co_return; }
#endif
