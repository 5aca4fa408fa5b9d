// must_not_compile/task_view_parameter.cpp: a coroutine with a string_view as a parameter.
// expect: deleted
// expect: parameters must own their values
// errors-gcc: 3 GCC goes on behind the first
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
Task<void> use(std::string) { co_return; }
#else
Task<void> use(std::string_view) { co_return; }
#endif
