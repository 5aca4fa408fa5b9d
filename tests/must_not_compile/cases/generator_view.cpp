// must_not_compile/generator_view.cpp: a generator of views.
// expect: its items outlive their turn: they own what they need
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
