// apps/respd/server/runtimes.hpp: the program with several runtimes: each in a loop of Asio on a
// thread of its own, with a listener on the same port and a store of its own.
#pragma once
#include <cstddef>
#include <troupe/core.hpp>
#include <troupe/loop/asio.hpp>

#include "server/flags.hpp"

namespace respd {

/// What has happened in runtimes that have ended, and is left there.
struct Remainders {
  std::size_t calls = 0, actors = 0, tasks = 0, rets = 0;
  /// Adds those of one more.
  void add(troupe::Runtime& rt);
};

/// Serves on `flags.runtimes` runtimes, more than one: the first is `rt`, on this thread. Until an
/// error in one of them ends it, or a signal: then what has been asked is answered first.
/// @param left what the other runtimes leave is added to it
/// @returns the code to exit with
int serve_on_many(troupe::Runtime& rt, troupe::AsioLoop& loop, const Flags& flags,
                  Remainders& left);

}  // namespace respd
