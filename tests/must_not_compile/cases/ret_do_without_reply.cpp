// must_not_compile/ret_do_without_reply.cpp: a body of a Ret that does not end in a Reply.
// expect: the_function_must_end_in_one_Reply_or_say_ret_do_with_its_types
#include <troupe/core.hpp>

using namespace troupe;

auto use() {
#ifdef FIXED
  return ret_do([](Reply<int>) {});
#else
  return ret_do([](int) {});
#endif
}
