// must_not_compile/defer_bind_front.cpp: a bound function among the arguments that holds a pointer.
// expect: a_bound_argument_borrows_pass_a_value_that_owns_or_unsafe_borrow_it
#include <functional>
#include <memory>
#include <troupe/core.hpp>

using namespace troupe;

#ifdef FIXED
void show(const std::unique_ptr<int>&);
#else
void show(int*);
#endif

void use(Core& core) {
  auto number = std::make_unique<int>(1);
#ifdef FIXED
  defer(core, [](auto f) { f(); }, std::bind_front(&show, std::move(number)));
#else
  defer(core, [](auto f) { f(); }, std::bind_front(&show, number.get()));
#endif
}
