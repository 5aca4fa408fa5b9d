// must_not_compile/call_literal.cpp: a string literal for a Literal, which is made at the call.
// expect: a_string_literal_is_wrapped_at_the_call_write_Literal_around_it
#include <troupe/core.hpp>

using namespace troupe;

class Log {
 public:
  void note(Cx<Log>&, Literal) {}
};

void use(const Actor<Log>& log) {
#ifdef FIXED
  call<&Log::note>(log, Literal("ready"));
#else
  call<&Log::note>(log, "ready");
#endif
}
