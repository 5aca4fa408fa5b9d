// loop.hpp: the door of room `loop`: what turns a runtime. Loops of other libraries have their own
// targets and headers: <troupe/loop/asio.hpp>.
#pragma once
// clang-format off
#include <troupe/base/platform.hpp>  // first: it asks for C++23
#include <troupe/loop/bare.hpp>        // timers and wake-ups only
#include <troupe/loop/host_waker.hpp>  // for loops of your own
// clang-format on
