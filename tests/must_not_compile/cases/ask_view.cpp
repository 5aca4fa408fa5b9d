// must_not_compile/ask_view.cpp: an answer that is a view of the actor's state.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Light {
 public:
#ifdef FIXED
  std::string name() { return name_; }
#else
  std::string_view name() { return name_; }
#endif

 private:
  std::string name_;
};
Task<> use(Actor<Light> light) {
  const auto name = co_await ask<&Light::name>(light);
  (void)name;
}
