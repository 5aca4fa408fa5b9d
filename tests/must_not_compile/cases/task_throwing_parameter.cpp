// must_not_compile/task_throwing_parameter.cpp: a parameter that throws as it dies.
// expect: a_parameter_has_a_throwing_destructor_take_a_std_unique_ptr_to_it
// errors-gcc: 2 GCC goes on behind the first
#include <memory>
#include <troupe/task.hpp>

struct Bomb {
  Bomb() = default;
  ~Bomb() noexcept(false) {}
};

#ifdef FIXED
troupe::Task<> work(std::unique_ptr<Bomb>) { co_return; }
#else
troupe::Task<> work(Bomb) { co_return; }
#endif
