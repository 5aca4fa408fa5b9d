// consumer/light.cpp: the second translation unit.
#include "light.hpp"

troupe::Task<bool> switch_on(troupe::Core&, troupe::Actor<Light> light) {
  troupe::call<&Light::set>(light, true);
  co_return co_await troupe::ask<&Light::query>(light);
}
