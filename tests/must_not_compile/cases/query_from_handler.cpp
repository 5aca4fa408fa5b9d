// must_not_compile/query_from_handler.cpp: a synchronous query out of a handler.
// expect: no matching function for call to 'query
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
