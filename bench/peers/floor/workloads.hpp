// floor/workloads.hpp: the workloads of the floor program; each returns the exit code.
#pragma once

#include "../../support/measure.hpp"

namespace floor_peer {

using bench::Run;

int call_burst(const Run& run);
int ring(const Run& run, std::size_t size, std::size_t in_flight, bool random);
int ring_of_handles(const Run& run, std::size_t size, std::size_t in_flight);
int fwd(const Run& run);
int ret(const Run& run, bench::u64 in_flight);
int actor(const Run& run);
int actor_bytes(const Run& run);

int heap_timers(const Run& run, bool time_adding);
int wheel_timers(const Run& run, bool time_adding);
int wheel_add_delete(const Run& run);

int task_now(const Run& run);
int task_resume(const Run& run);
int stream(const Run& run, bench::u64 batch);
int ask(const Run& run);
int all_1000(const Run& run);

}  // namespace floor_peer
