// must_not_compile/ask_ret_pointer.cpp: a handler that answers a pointer through its Ret.
// expect: a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Light {
#ifdef FIXED
  void name(Ret<Literal>) {}
#else
  void name(Ret<const char*>) {}
#endif
};
Task<> use(Actor<Light> light) { (void)co_await ask<&Light::name>(light); }
