// must_not_compile/call_move_throws.cpp: a parameter whose move may throw.
// expect: a_parameter_must_have_a_noexcept_move_constructor_or_take_a_unique_ptr_to_it
#include <troupe/core.hpp>
#include <utility>

using namespace troupe;

class Text {
 public:
  Text() = default;
#ifdef FIXED
  Text(Text&&) noexcept {}
#else
  Text(Text&&) {}
#endif
};

class Light {
 public:
  void show(Cx<Light>&, Text) {}
};

void use(const Actor<Light>& light) { call<&Light::show>(light, Text()); }
