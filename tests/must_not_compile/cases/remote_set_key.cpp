// must_not_compile/remote_set_key.cpp: a key whose bytes differ between platforms.
// expect: a_key_is_an_integer_an_enum_or_what_converts_to_a_string_view_or_a_span_of_bytes
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {
 public:
  void set(int) {}
};
void use(const RemoteSet<Light>& lights) {
#ifdef FIXED
  call<&Light::set>(lights.by_key(3), 1);
#else
  call<&Light::set>(lights.by_key(3.5), 1);
#endif
}
