// must_not_compile/spawn_stream_wrong_fwd.cpp: a Fwd of the plain item.
// expect: the_Fwd_takes_std_optional_of_the_items_or_of_their_Reply
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

void use(Core& core, Fwd<std::optional<int>> fwd) {
#ifdef FIXED
  spawn_stream(core, numbers(), fwd);
#else
  spawn_stream(core, numbers(), Fwd<int>());
#endif
}
