// must_not_compile/spawn_join_ret.cpp: the join of a scope, within a limit of time, spawned with a
// Ret.
// expect: this_awaitable_borrows_its_object_await_it_where_it_is_made
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Core& core, Scope& scope) {
#ifdef FIXED
  spawn(core, timeout(std::chrono::seconds(1), sleep(std::chrono::seconds(2))), ret_nop);
  (void)scope;
#else
  spawn(core, timeout(std::chrono::seconds(1), scope.join()), ret_nop);
#endif
}
