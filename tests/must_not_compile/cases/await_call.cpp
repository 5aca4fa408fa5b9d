// must_not_compile/await_call.cpp: a call has no answer to wait for.
// compilers: clang
// expect: nothing_comes_back_from_a_call_write_co_await_ask_for_an_answer
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Light {
  void set(bool) {}
};
Task<> use(Actor<Light> light) {
#ifdef FIXED
  co_await ask<&Light::set>(light, true);
#else
  co_await call<&Light::set>(light, true);
#endif
}
