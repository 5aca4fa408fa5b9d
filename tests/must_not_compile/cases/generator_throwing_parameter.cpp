// must_not_compile/generator_throwing_parameter.cpp: a parameter that throws as it dies.
// expect: a_parameter_has_a_throwing_destructor_take_a_std_unique_ptr_to_it
#include <memory>
#include <troupe/task.hpp>

struct Bomb {
  Bomb() = default;
  ~Bomb() noexcept(false) {}
};

#ifdef FIXED
troupe::Generator<int> work(std::unique_ptr<Bomb>) { co_yield 1; }
#else
troupe::Generator<int> work(Bomb) { co_yield 1; }
#endif
