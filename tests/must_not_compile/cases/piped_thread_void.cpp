// must_not_compile/piped_thread_void.cpp: a thread that gets nothing has a type for that.
// door: header
// expect: that gets nothing, or sends nothing, has std::monostate as that type
#include <troupe/core.hpp>
#include <troupe/thread.hpp>
#include <variant>

using namespace troupe;

#ifdef FIXED
using Nothing = std::monostate;
#else
using Nothing = void;
#endif
class Sensor {
 public:
  explicit Sensor(Core& core) : thread_(core, fwd_nop, ret_nop, &work) {}
  bool runs() const noexcept { return static_cast<bool>(thread_); }

 private:
  static void work(PipedLink<Nothing, int>& link) {
    while (!link.stop_requested())
      if (!link.send(1)) return;
  }
  PipedThread<Nothing, int> thread_;
};
