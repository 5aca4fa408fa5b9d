// must_not_compile/after_wait_first_function.cpp: a wait that is given before the Core.
// expect: the_actor_or_Core_comes_first
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

void use(Core& core) {
#ifdef FIXED
  after(core, 5s, [] {});
#else
  after(5s, core, [] {});
#endif
}
