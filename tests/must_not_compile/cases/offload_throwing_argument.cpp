// must_not_compile/offload_throwing_argument.cpp: an argument whose destructor may throw.
// expect: a_job_s_argument_has_a_throwing_destructor_give_a_std_unique_ptr_to_it
#include <troupe/thread.hpp>

using namespace troupe;

class Guard {
 public:
  Guard() = default;
  Guard(Guard&&) noexcept = default;
#ifdef FIXED
  ~Guard() = default;
#else
  ~Guard() noexcept(false) {}
#endif
};
void use(Core& core, const Pool& pool) {
  offload(core, pool, [](const Guard&) {}, ret_nop, Guard());
}
