// must_not_compile/fwd_set_lambda.cpp: a lambda where a set takes a Fwd.
// expect: wrap_the_function_in_fwd_do_or_name_a_method_by_fwd_to
#include <troupe/core.hpp>

using namespace troupe;

void use(FwdSet<int>& set) {
#ifdef FIXED
  set.add(fwd_do([](int) {}));
#else
  set.add([](int) {});
#endif
}
