// io.hpp: the door of room `io`: streams of bytes, in reading order.
#pragma once
// clang-format off
#include <troupe/base/platform.hpp>  // first: it asks for C++23
#include <troupe/io/connect.hpp>         // asking for one
#include <troupe/io/connection.hpp>      // a stream of bytes
#include <troupe/io/lingering_close.hpp> // ending one such that the other end gets all of it
#include <troupe/io/io_error.hpp>        // what can go wrong
#include <troupe/io/listener.hpp>        // where they come in
#include <troupe/io/memory_network.hpp>  // in memory and virtual time
// clang-format on
