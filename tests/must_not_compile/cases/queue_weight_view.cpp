// must_not_compile/queue_weight_view.cpp: views do not wait, whatever they weigh.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
void use() { Queue<std::string, BySize> queue(4096); }
#else
void use() { Queue<std::string_view, BySize> queue(4096); }
#endif
