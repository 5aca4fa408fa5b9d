// must_not_compile/push_pipe_throwing_destructor.cpp: an answer that throws as it dies.
// expect: has_a_throwing_destructor_give_a_unique_ptr_to_it
#include <memory>
#include <troupe/task.hpp>

using namespace troupe;

struct Bomb {
  ~Bomb() noexcept(false) {}
};

#ifdef FIXED
void use(Core& core) { auto pipe = push_pipe<std::unique_ptr<Bomb>>(core); }
#else
void use(Core& core) { auto pipe = push_pipe<Bomb>(core); }
#endif
