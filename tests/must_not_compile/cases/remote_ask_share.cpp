// must_not_compile/remote_ask_share.cpp: an answer that holds what belongs to one runtime.
// expect: a_Ret_of_what_cannot_cross_threads_cannot_be_answered_by_another_runtime
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {
 public:
#ifdef FIXED
  int colour() { return 1; }
#else
  Bytes colour() { return {}; }
#endif
};
Task<> use(Remote<Light> far) {
  const auto colour = co_await ask<&Light::colour>(far);
  (void)colour;
}
