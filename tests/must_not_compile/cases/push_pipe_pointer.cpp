// must_not_compile/push_pipe_pointer.cpp: an answer that is a pointer.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <memory>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
void use(Core& core) { auto [value, ret] = push_pipe<int, std::unique_ptr<int>>(core); }
#else
void use(Core& core) { auto [value, ret] = push_pipe<int, int*>(core); }
#endif
