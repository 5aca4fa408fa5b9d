// must_not_compile/push_pipe_view.cpp: an answer that is a view of what answers.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
void use(Core& core) { auto [value, ret] = push_pipe<std::string>(core); }
#else
void use(Core& core) { auto [value, ret] = push_pipe<std::string_view>(core); }
#endif
