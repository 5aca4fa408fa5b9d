// must_not_compile/defer_move_throws.cpp: a bound argument whose move may throw.
// expect: a_bound_argument_must_have_a_noexcept_move_constructor_or_bind_a_unique_ptr_to_it
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Job {
  Job() = default;
#ifdef FIXED
  Job(Job&&) noexcept {}
#else
  Job(Job&&) {}
#endif
};
void use(Core& core) {
  defer(core, [](Job) {}, Job());
}
