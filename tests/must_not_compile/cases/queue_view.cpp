// must_not_compile/queue_view.cpp: a queue of views.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
void use() { Queue<std::string> queue(4); }
#else
void use() { Queue<std::string_view> queue(4); }
#endif
