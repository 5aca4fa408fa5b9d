// must_not_compile/actor_unrelated_base.cpp: a handle of a class that is no base.
// expect-gcc: to non-scalar type 'troupe::Actor<Light>' requested
// expect-clang: no viable conversion from 'const ActorOwn<Door>' to 'Actor<Light>'
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

class Door
#ifdef FIXED
    : public Light
#endif
{
};

void use(const ActorOwn<Door>& door) { [[maybe_unused]] Actor<Light> light = door; }
