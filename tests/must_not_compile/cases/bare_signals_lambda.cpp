// must_not_compile/bare_signals_lambda.cpp: a lambda where a signal takes a Fwd.
// expect: wrap_the_function_in_fwd_do_or_name_a_method_by_fwd_to
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/loop/bare.hpp>

using namespace troupe;

void use(BareLoop& loop) {
#ifdef FIXED
  loop.stop_on_signals(fwd_do([](int) {}), std::chrono::seconds(2));
#else
  loop.stop_on_signals([](int) {}, std::chrono::seconds(2));
#endif
}
