// must_not_compile/generator_view_parameter.cpp: a Generator with a parameter that borrows.
// expect: a_Generator_must_own_its_parameters_take_them_by_value
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#include <string>
#include <string_view>
#ifdef FIXED
Generator<int> sizes(std::string text) {
#else
Generator<int> sizes(std::string_view text) {
#endif
  co_yield static_cast<int>(text.size());
}
