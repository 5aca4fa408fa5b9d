// must_not_compile/actor_own_copied.cpp: an owner that is copied by assignment.
// expect: deleted
// expect: std::move it; owned() is a second owner, actor() a handle
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(ActorOwn<Light>& to, const ActorOwn<Light>& from) {
#ifdef FIXED
  to = from.owned();
#else
  to = from;
#endif
}
