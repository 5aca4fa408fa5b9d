// must_not_compile/query_from_handler.cpp: a synchronous query out of a handler.
// expect: query_takes_the_Runtime_which_hosts_hold_a_handler_calls_or_asks
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  int level() { return 1; }
};

void use([[maybe_unused]] Cx<Light>& cx, const Actor<Light>& other) {
#ifdef FIXED
  call<&Light::level>(other);
#else
  query<&Light::level>(cx, other);
#endif
}
