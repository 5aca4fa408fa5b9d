// must_not_compile/task_class_reference_parameter.cpp: a coroutine with a reference to an object as
// a parameter.
// expect: deleted
// expect: a_Task_must_own_its_parameters_take_them_by_value_or_return_a_Step
// errors-gcc: 2 GCC goes on behind the first
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
Task<void> use(std::string) { co_return; }
#else
Task<void> use(const std::string&) { co_return; }
#endif
