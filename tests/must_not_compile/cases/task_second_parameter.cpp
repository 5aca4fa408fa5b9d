// must_not_compile/task_second_parameter.cpp: a coroutine whose second parameter borrows, with a
// result.
// expect: deleted
// expect: a_Task_must_own_its_parameters_take_them_by_value_or_return_a_Step
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
Task<int> use(Core&, std::string) { co_return 1; }
#else
Task<int> use(Core&, std::string_view) { co_return 1; }
#endif
