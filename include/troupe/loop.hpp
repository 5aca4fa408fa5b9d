// loop.hpp: the door of room `loop`: what turns a runtime. Loops of other libraries have their own
// targets and headers: <troupe/loop/asio.hpp>.
#pragma once
// First: it asks for C++23.
#include <troupe/base/platform.hpp>

// A loop with timers and wake-ups only.
#include <troupe/loop/bare.hpp>

// For loops of your own.
#include <troupe/loop/host_waker.hpp>
