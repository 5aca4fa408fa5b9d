// must_not_compile/generator_throwing_item.cpp: an item that throws as it dies.
// expect: an_item_has_a_throwing_destructor_yield_a_std_unique_ptr_to_it
#include <memory>
#include <troupe/task.hpp>

struct Bomb {
  ~Bomb() noexcept(false) {}
};

#ifdef FIXED
troupe::Generator<std::unique_ptr<Bomb>> work() { co_yield nullptr; }
#else
troupe::Generator<Bomb> work() { co_yield Bomb(); }
#endif
