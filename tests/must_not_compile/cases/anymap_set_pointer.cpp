// must_not_compile/anymap_set_pointer.cpp: a value of the environment that borrows.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
void use(Core& core, int* poller) { core.anymap_set(unsafe_borrow(poller)); }
#else
void use(Core& core, int* poller) { core.anymap_set(poller); }
#endif
