// must_not_compile/spawn_stream_lambda_for_fwd.cpp: a lambda where a stream takes a Fwd.
// expect: wrap_the_function_in_fwd_do_or_name_a_method_by_fwd_to
#include <optional>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> one() { co_yield 1; }

void use(Runtime& rt) {
#ifdef FIXED
  spawn_stream(rt, one, fwd_do([](std::optional<int>) {}));
#else
  spawn_stream(rt, one, [](std::optional<int>) {});
#endif
}
