// must_not_compile/offload_throwing_result.cpp: a result whose destructor may throw.
// expect: a_value_that_outlives_its_turn_has_a_throwing_destructor_give_a_unique_ptr_to_it
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
  offload(core, pool, [] { return Guard(); }, ret_nop);
}
