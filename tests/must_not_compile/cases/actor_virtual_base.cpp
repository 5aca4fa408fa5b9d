// must_not_compile/actor_virtual_base.cpp: a handle of a virtual base class, whose place only a
// living state tells.
// expect: deleted
// expect: an_Actor_converts_to_no_virtual_private_or_ambiguous_base
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  virtual ~Light() = default;
};

#ifdef FIXED
class Door : public Light {};
#else
class Door : public virtual Light {};
#endif

void use(const ActorOwn<Door>& door) { [[maybe_unused]] Actor<Light> light = door; }
