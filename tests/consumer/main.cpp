// consumer/main.cpp: a program of somebody who uses the library: one actor, one coroutine, one
// answer.
#include <chrono>
#include <cstdio>

#include "light.hpp"

using namespace troupe;

int main() {
  Instant now = Clock::now();
  Runtime rt{now};
  ActorOwn<Light> owner = make_actor<Light>(rt, ret_nop);
  Actor<Light> light = owner;
  spawn(rt, switch_on, ret_some_do([](bool on) { std::puts(on ? "on" : "off"); }), light);
  rt.run(now);
}
