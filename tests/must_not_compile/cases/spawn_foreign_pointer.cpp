// must_not_compile/spawn_foreign_pointer.cpp: another library's awaiter that shows a pointer,
// spawned.
// expect: this_awaiter_holds_a_pointer_or_view_if_that_outlives_the_wait_mark_its_type_storable
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Device;
struct Ready {
  Device* device;
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  int await_resume() { return 1; }
};
#ifdef FIXED
template <> inline constexpr bool troupe::storable<Ready> = true;
#endif

struct Device {
  int state = 0;
};
void use(Core& core, Device& device) { spawn(core, Ready{&device}); }
