// must_not_compile/call_rvalue_method.cpp: a method that is &&-qualified: GCC 12 takes it for a
// plain one.
// expect: a_handler_is_a_method_not_rvalue_qualified_or_static_with_Prep_first
// compilers: clang
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
#ifdef FIXED
  void set(Cx<Light>&, bool) {}
#else
  void set(Cx<Light>&, bool) && {}
#endif
};

void use(const Actor<Light>& light) { call<&Light::set>(light, true); }
