// must_not_compile/task_throwing_result.cpp: a result whose destructor may throw would leave its
// frame half destroyed.
// expect: a result's destructor may throw: give a unique_ptr of it
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
