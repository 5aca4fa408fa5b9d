// io.hpp: the door of room `io`: streams of bytes, in reading order.
#pragma once
// First: it asks for C++23.
#include <troupe/base/platform.hpp>

// A stream of bytes: asking for one, and ending one such that the other end gets all of it.
#include <troupe/io/connect.hpp>
#include <troupe/io/connection.hpp>
#include <troupe/io/lingering_close.hpp>

// What can go wrong.
#include <troupe/io/io_error.hpp>

// Where connections come in.
#include <troupe/io/listener.hpp>

// A network in memory and virtual time.
#include <troupe/io/memory_network.hpp>
