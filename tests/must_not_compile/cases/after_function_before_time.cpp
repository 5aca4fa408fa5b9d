// must_not_compile/after_function_before_time.cpp: a function before its wait.
// expect: behind_the_actor_or_Core_comes_the_time
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

void use(Core& core) {
#ifdef FIXED
  after(core, 5s, [] {});
#else
  after(core, [] {}, 5s);
#endif
}
