// floor/main.cpp: hand-written code with the least that each workload needs. What the workloads
// are: bench/README.md.
#include "workloads.hpp"

int main(int argc, char** argv) {
  using namespace floor_peer;
  const Run run = Run::from_args(argc, argv);
  if (run.is("call_burst")) return call_burst(run);
  if (run.is("call_pingpong")) return ring(run, 2, 1, false);
  if (run.is("ring_1k")) return ring(run, 1000, 100, false);
  if (run.is("ring_1m")) return ring(run, 1'000'000, 100, true);
  if (run.is("ring_1m_handle")) return ring_of_handles(run, 1'000'000, 100);
  if (run.is("fwd")) return fwd(run);
  if (run.is("ret_pingpong")) return ret(run, 1);
  if (run.is("ret_burst")) return ret(run, 1000);
  if (run.is("actor")) return actor(run);
  if (run.is("actor_bytes")) return actor_bytes(run);
  if (run.is("timer_add")) return heap_timers(run, true);
  if (run.is("timer_expire")) return heap_timers(run, false);
  if (run.is("timer_add_wheel")) return wheel_timers(run, true);
  if (run.is("timer_expire_wheel")) return wheel_timers(run, false);
  if (run.is("timer_add_delete")) return wheel_add_delete(run);
  if (run.is("task_now")) return task_now(run);
  if (run.is("task_resume")) return task_resume(run);
  if (run.is("stream_1")) return stream(run, 1);
  if (run.is("stream_100")) return stream(run, 100);
  if (run.is("ask")) return ask(run);
  if (run.is("all_1000")) return all_1000(run);
  return run.unknown();
}
