// consumer/light.hpp: an actor that two translation units share.
#pragma once
#include <troupe/core.hpp>
#include <troupe/task.hpp>

class Light {
 public:
  explicit Light(troupe::Cx<Light>&) {}
  void set(troupe::Cx<Light>&, bool on) { on_ = on; }
  void query(troupe::Cx<Light>&, troupe::Ret<bool> ret) { ret(on_); }

 private:
  bool on_ = false;
};

/// Switches the light on and asks it whether it shines, from a coroutine; in light.cpp.
troupe::Task<bool> switch_on(troupe::Core& core, troupe::Actor<Light> light);
