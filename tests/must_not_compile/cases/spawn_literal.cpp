// must_not_compile/spawn_literal.cpp: a string literal for a coroutine.
// expect: a_string_literal_is_wrapped_at_the_call_write_Literal_around_it
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

Task<> child(Literal) { co_return; }

void use(Core& core) {
#ifdef FIXED
  spawn(core, child, ret_nop, Literal("one"));
#else
  spawn(core, child, ret_nop, "one");
#endif
}
