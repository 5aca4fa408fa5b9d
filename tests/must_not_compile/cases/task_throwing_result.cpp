// must_not_compile/task_throwing_result.cpp: a result whose destructor may throw would leave its
// frame half destroyed.
// expect: a_result_has_a_throwing_destructor_give_a_std_unique_ptr_to_it
#include <memory>
#include <troupe/task.hpp>

struct Bomb {
  ~Bomb() noexcept(false) {}
};

#ifdef FIXED
troupe::Task<std::unique_ptr<Bomb>> work() { co_return nullptr; }
#else
troupe::Task<Bomb> work() { co_return Bomb(); }
#endif
