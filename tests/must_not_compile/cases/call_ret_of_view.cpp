// must_not_compile/call_ret_of_view.cpp: a parameter that carries an answer which borrows.
// expect: a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Light {
#ifdef FIXED
  void name(Ret<std::string>) {}
#else
  void name(Ret<std::string_view>) {}
#endif
};
void use(const Actor<Light>& light) { call<&Light::name>(light, ret_nop); }
