// must_not_compile/call_names_argument.cpp: the second argument is the one of the wrong type.
// expect-gcc: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
// expect-gcc: argument<2, detail::given<const char (&)[5]>, detail::wanted<int>
// expect-clang: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
// expect-clang: argument<2, troupe::detail::given<const char (&)[5]>, troupe::detail::wanted<int>
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

struct Light {
  void set(std::string, int) {}
};
void use(const Actor<Light>& light) {
#ifdef FIXED
  call<&Light::set>(light, "hall", 7);
#else
  call<&Light::set>(light, "hall", "high");
#endif
}
