// must_not_compile/call_static_method.cpp: a static method that takes no Prep.
// expect: a_handler_is_a_method_not_rvalue_qualified_or_static_with_Prep_first
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
#ifdef FIXED
  void set(Cx<Light>&, bool) {}
#else
  static void set(Cx<Light>&, bool) {}
#endif
};

void use(const Actor<Light>& light) { call<&Light::set>(light, true); }
