// must_not_compile/ret_do_std_function.cpp: a std::function as the body of a Ret.
// expect: a_std_function_hides_what_it_captured_give_a_lambda_and_bind_values_behind_it
#include <functional>
#include <troupe/core.hpp>

using namespace troupe;

Ret<int> use() {
#ifdef FIXED
  return ret_do<int>([](Reply<int>) {});
#else
  std::function<void(Reply<int>)> body = [](Reply<int>) {};
  return ret_do<int>(body);
#endif
}
