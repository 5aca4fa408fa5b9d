// must_not_compile/scoped_make_actor.cpp: a loan to an actor's constructor.
// expect: scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Store {
  explicit Store(int) {}
};

ActorOwn<Store> use(Core& core, int& n) {
#ifdef FIXED
  return make_actor<Store>(core, ret_nop, n);
#else
  return make_actor<Store>(core, ret_nop, scoped(n));
#endif
}
