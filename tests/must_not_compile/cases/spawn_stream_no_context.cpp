// must_not_compile/spawn_stream_no_context.cpp: a stream sent from nowhere.
// expect: deleted
// expect: the_first_argument_is_a_Runtime_a_Core_or_a_Cx
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

void use([[maybe_unused]] Core& core, Fwd<std::optional<int>> fwd) {
#ifdef FIXED
  spawn_stream(core, numbers(), fwd);
#else
  spawn_stream(numbers(), fwd);
#endif
}
