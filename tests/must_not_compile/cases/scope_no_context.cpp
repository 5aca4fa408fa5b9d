// must_not_compile/scope_no_context.cpp: a scope of nothing.
// expect: deleted
// expect: a Scope is made with a Runtime, a Core or a Cx
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use([[maybe_unused]] Core& core) {
#ifdef FIXED
  Scope scope(core);
#else
  Scope scope;
#endif
}
