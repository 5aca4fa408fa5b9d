// must_not_compile/scoped_spawn_actor.cpp: a loan to a task of an actor.
// expect: scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Store {};
Task<> child(Cx<Store>& cx, Event& event);
Step<> step(Event& event);

void use(Cx<Store>& cx, Event& event) {
#ifdef FIXED
  Scope scope(cx);
  scope.spawn(step, scoped(event));
#else
  spawn(cx, child, ret_nop, scoped(event));
#endif
}
