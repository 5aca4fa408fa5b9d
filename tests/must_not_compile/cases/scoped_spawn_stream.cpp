// must_not_compile/scoped_spawn_stream.cpp: a loan to a stream that is sent to a Fwd.
// expect: scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> count(int to);

void use(Core& core, Fwd<std::optional<int>> fwd, int& n) {
#ifdef FIXED
  spawn_stream(core, count, fwd, n);
#else
  spawn_stream(core, count, fwd, scoped(n));
#endif
}
