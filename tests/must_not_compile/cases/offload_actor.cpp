// must_not_compile/offload_actor.cpp: an actor in the hands of another thread.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
#include <troupe/core.hpp>
#include <troupe/thread.hpp>
#include <vector>

using namespace troupe;

class Light {};
#ifdef FIXED
using Lights = std::vector<int>;
#else
using Lights = std::vector<Actor<Light>>;
#endif
void use(Core& core, const Pool& pool, Lights lights) {
  offload(core, pool, [](const Lights& all) { return all.size(); }, ret_nop, std::move(lights));
}
