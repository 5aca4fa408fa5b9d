// must_not_compile/channel_actor.cpp: actors for another thread, through a channel to a task.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
#include <troupe/thread.hpp>
#include <vector>

using namespace troupe;

class Light {};
#ifdef FIXED
using Lights = std::vector<int>;
#else
using Lights = std::vector<Actor<Light>>;
#endif
void use(Core& core) {
  auto made = channel_stream<Lights>(core, 10);
  (void)made;
}
