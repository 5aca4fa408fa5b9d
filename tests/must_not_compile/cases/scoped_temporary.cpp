// must_not_compile/scoped_temporary.cpp: a loan of what goes at the end of its expression.
// expect: a_temporary_is_gone_before_the_child_runs_name_it_before_the_scope
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Step<> step(const std::string& text);

void use(Core& core) {
#ifdef FIXED
  const std::string text = "text";
  Scope scope(core);
  scope.spawn(step, scoped(text));
#else
  Scope scope(core);
  scope.spawn(step, scoped(std::string("text")));
#endif
}
