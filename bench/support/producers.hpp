// support/producers.hpp: threads that send numbers to one that receives them.
#pragma once

#include <latch>
#include <thread>
#include <vector>

#include "measure.hpp"

namespace bench {

/// Sends 0 .. n - 1 from `producers` threads at once, each every so-many-th number, and receives
/// them here.
/// @param sender `sender()` makes what a thread sends by: `send(u64)`
/// @param receive `receive()` returns when all n numbers are there, and has added them to `sum`
/// @returns nanoseconds of wall time from the first that was sent to the last that was received
template <class Sender, class Receive>
double produce(unsigned producers, u64 n, Sender sender, Receive receive) {
  std::latch all_there(static_cast<std::ptrdiff_t>(producers) + 1);
  std::vector<std::jthread> threads;
  for (u64 first = 0; first != producers; ++first) {
    threads.emplace_back([&all_there, first, producers, n, send = sender()]() mutable {
      all_there.arrive_and_wait();
      for (u64 value = first; value < n; value += producers) send(value);
    });
  }
  all_there.arrive_and_wait();
  const double start = wall_ns();
  receive();
  return wall_ns() - start;
}

}  // namespace bench
