// must_not_compile/generator_view.cpp: a generator of views.
// expect: an_item_outlives_its_turn_yield_one_that_owns_what_it_needs
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
Generator<std::string> names() {
  std::string hall = "hall";
  co_yield std::move(hall);
}
#else
Generator<std::string_view> names() { co_yield "hall"; }
#endif
