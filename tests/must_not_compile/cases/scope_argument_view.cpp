// must_not_compile/scope_argument_view.cpp: a child that borrows what nobody lends.
// expect: an_argument_borrows_lend_the_object_with_scoped_or_pass_a_value_that_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Step<> step(std::string_view text);

void use(Scope& scope, const std::string& text) {
#ifdef FIXED
  scope.spawn(step, text);
#else
  scope.spawn(step, std::string_view(text));
#endif
}
