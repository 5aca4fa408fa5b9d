// must_not_compile/task_second_parameter.cpp: a coroutine whose second parameter borrows, with a
// result.
// expect: deleted
// expect: a Task's parameters must own their values: take them by value, or be a Step
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
