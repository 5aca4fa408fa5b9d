// must_not_compile/step_throwing_result.cpp: a result of a Step that throws as it dies.
// expect: a_result_has_a_throwing_destructor_give_a_std_unique_ptr_to_it
#include <memory>
#include <troupe/task.hpp>

struct Bomb {
  ~Bomb() noexcept(false) {}
};

#ifdef FIXED
troupe::Step<std::unique_ptr<Bomb>> work() { co_return nullptr; }
#else
troupe::Step<Bomb> work() { co_return Bomb(); }
#endif
