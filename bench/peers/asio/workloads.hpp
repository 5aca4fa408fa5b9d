// asio/workloads.hpp: the workloads of the Asio program; each returns the exit code.
#pragma once

#include <asio/io_context.hpp>

#include "../../support/measure.hpp"

namespace asio_peer {

using bench::Run;
using bench::u64;

/// One thread and no locks: the fastest that Asio can be, and what a single-threaded runtime is to
/// be compared with.
inline constexpr int one_thread = ASIO_CONCURRENCY_HINT_UNSAFE;

/// Runs what is ready until nothing is.
inline void drain(asio::io_context& context) {
  context.restart();
  context.poll();
}

int call_burst(const Run& run);
int ring(const Run& run, std::size_t size, std::size_t in_flight, bool random);
int fwd(const Run& run);
int ret(const Run& run, u64 in_flight);

int timers(const Run& run, bool time_adding);
int timer_add_delete(const Run& run);
int timer_max(const Run& run);

int task_now(const Run& run);
int task_resume(const Run& run);
int stream(const Run& run, u64 batch);
int ask(const Run& run);
int all_1000(const Run& run);
int task_bytes(const Run& run);

int offload(const Run& run);
int cross_channel(const Run& run, unsigned producers);

}  // namespace asio_peer
