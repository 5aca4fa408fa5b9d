// must_not_compile/generator_throwing_parameter.cpp: a parameter that throws as it dies.
// expect: a parameter's destructor may throw
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
