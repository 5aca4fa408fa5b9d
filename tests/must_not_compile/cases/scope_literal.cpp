// must_not_compile/scope_literal.cpp: a string literal for a coroutine in a scope.
// expect: a_string_literal_is_wrapped_at_the_call_write_Literal_around_it
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

Step<> child(Literal) { co_return; }

void use(Scope& scope) {
#ifdef FIXED
  scope.spawn(child, Literal("one"));
#else
  scope.spawn(child, "one");
#endif
}
