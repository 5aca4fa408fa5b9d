// must_not_compile/pull_reference.cpp: an answer that is a reference.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Start {
  template <class T> void operator()(Core&, Ret<T>) {}
};
#ifdef FIXED
auto use() { return pull<int>(Start()); }
#else
auto use() { return pull<const int&>(Start()); }
#endif
