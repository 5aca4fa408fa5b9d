// must_not_compile/queue_move_throws.cpp: a queue of values whose move may throw.
// expect: a_value_that_waits_must_have_a_noexcept_move_constructor_or_give_a_unique_ptr_to_it
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Job {
#ifdef FIXED
  Job(Job&&) noexcept {}
#else
  Job(Job&&) {}
#endif
};
void use() { Queue<Job> queue(4); }
