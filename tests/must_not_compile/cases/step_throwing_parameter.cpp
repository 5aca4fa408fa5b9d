// must_not_compile/step_throwing_parameter.cpp: a Step's parameter that throws as it dies.
// expect: a_parameter_has_a_throwing_destructor_take_a_reference_to_it
#include <troupe/task.hpp>

struct Bomb {
  Bomb() = default;
  ~Bomb() noexcept(false) {}
};

#ifdef FIXED
troupe::Step<> work(Bomb&) { co_return; }
#else
troupe::Step<> work(Bomb) { co_return; }
#endif
