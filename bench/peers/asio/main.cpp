// asio/main.cpp: the workloads on standalone Asio, in one thread. What the workloads are:
// bench/README.md.
#include <asio/version.hpp>
#include <cstdio>
#include <cstring>

#include "workloads.hpp"

int main(int argc, char** argv) {
  using namespace asio_peer;
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    std::printf("%d.%d.%d\n", ASIO_VERSION / 100000, ASIO_VERSION / 100 % 1000, ASIO_VERSION % 100);
    return 0;
  }
  const Run run = Run::from_args(argc, argv);
  if (run.is("call_burst")) return call_burst(run);
  if (run.is("call_pingpong")) return ring(run, 2, 1, false);
  if (run.is("ring_1k")) return ring(run, 1000, 100, false);
  if (run.is("ring_1m")) return ring(run, 1'000'000, 100, true);
  if (run.is("fwd")) return fwd(run);
  if (run.is("ret_pingpong")) return ret(run, 1);
  if (run.is("ret_burst")) return ret(run, 1000);
  if (run.is("timer_add")) return timers(run, true);
  if (run.is("timer_expire")) return timers(run, false);
  if (run.is("timer_add_delete")) return timer_add_delete(run);
  if (run.is("timer_max")) return timer_max(run);
  if (run.is("task_now")) return task_now(run);
  if (run.is("task_resume")) return task_resume(run);
  if (run.is("stream_1")) return stream(run, 1);
  if (run.is("stream_100")) return stream(run, 100);
  if (run.is("ask")) return ask(run);
  if (run.is("all_1000")) return all_1000(run);
  if (run.is("task_bytes")) return task_bytes(run);
  if (run.is("offload")) return offload(run);
  if (run.is("cross_channel_1")) return cross_channel(run, 1);
  if (run.is("cross_channel_2")) return cross_channel(run, 2);
  return run.unknown();
}
