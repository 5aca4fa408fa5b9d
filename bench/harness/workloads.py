"""What is measured: the workloads, who runs them, and the goals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    """One row: how many operations a timed repetition has, and how it is counted."""

    name: str
    n: int = 1_000_000
    metric: str = "ns"  # what a program's lines say: "ns" an operation, or "bytes"
    runs: int = 5  # processes a peer
    reps: int = 4  # repetitions a process, the first of which warms up
    counted: bool = True  # instructions, with callgrind
    cores: bool = False  # its threads run at the same time: on all cores, and wall time counts


WORKLOADS = (
    Workload("call_burst", n=4_000_000),
    Workload("call_pingpong", n=4_000_000),
    Workload("ring_1k", n=4_000_000),
    Workload("ring_1m", n=2_000_000, runs=3, reps=3, counted=False),
    Workload("fwd", n=4_000_000),
    Workload("ret_pingpong"),
    Workload("ret_burst"),
    Workload("actor"),
    Workload("actor_bytes", metric="bytes", runs=1, reps=2, counted=False),
    Workload("timer_add", runs=3, reps=2, counted=False),
    Workload("timer_expire", runs=3, reps=2, counted=False),
    Workload("timer_add_delete"),
    Workload("timer_max"),
    Workload("task_now"),
    Workload("task_resume"),
    Workload("stream_1"),
    Workload("stream_100", n=4_000_000),
    Workload("ask"),
    Workload("all_1000"),
    Workload("foreign"),
    Workload("remote_1000"),
    Workload("remote_10"),
    Workload("remote_ask"),
    Workload("channel"),
    Workload("offload", n=20_000, counted=False),
    Workload("cross_channel_1", runs=5, counted=False, cores=True),
    Workload("cross_channel_2", runs=5, counted=False, cores=True),
    Workload("cross_calls_1", n=8_000_000, runs=7, counted=False, cores=True),
    Workload("cross_calls_10", n=8_000_000, runs=7, counted=False, cores=True),
    Workload("cross_ask", n=200_000, counted=False, cores=True),
    Workload("task_bytes", n=100_000, metric="bytes", runs=1, reps=2, counted=False),
)

CALLS = ("call_burst", "call_pingpong", "ring_1k", "ring_1m", "fwd", "ret_pingpong", "ret_burst")
ACTORS = ("actor", "actor_bytes")
TIMERS = ("timer_add", "timer_expire", "timer_add_delete", "timer_max")
TASKS = ("task_now", "task_resume", "stream_1", "stream_100", "ask", "all_1000", "foreign", "task_bytes")


@dataclass(frozen=True)
class Peer:
    """Who runs workloads: the row's name, and for each workload the program and the name that it has there."""

    name: str
    runs: dict[str, tuple[str, str]]


def _peer(name: str, program: str, *workloads: str) -> Peer:
    return Peer(name, {w: (program, w) for w in workloads})


# What troupe_task.cpp has.
OUR_TASKS = ("task_now", "task_resume", "stream_1", "stream_100", "ask", "all_1000", "foreign", "task_bytes")

# What troupe_thread.cpp has.
OUR_THREADS = ("remote_1000", "remote_10", "remote_ask", "channel", "offload")

# What troupe_cores.cpp has, and its peers.
CROSS_CHANNELS = ("cross_channel_1", "cross_channel_2")
CROSS_CALLS = ("cross_calls_1", "cross_calls_10")

OURS = Peer(
    "troupe",
    {w: ("bench_troupe_core", w) for w in CALLS + ACTORS + TIMERS}
    | {w: ("bench_troupe_task", w) for w in OUR_TASKS}
    | {w: ("bench_troupe_thread", w) for w in OUR_THREADS}
    | {w: ("bench_troupe_cores", w) for w in (*CROSS_CHANNELS, *CROSS_CALLS, "cross_ask")},
)

PEERS = (
    _peer("floor", "bench_floor", *CALLS, *ACTORS, *TIMERS[:3], *TASKS[:6]),
    Peer("floor_handle", {"ring_1m": ("bench_floor", "ring_1m_handle")}),
    Peer("floor_wheel", {w: ("bench_floor", f"{w}_wheel") for w in ("timer_add", "timer_expire")}),
    _peer("stakker", "bench-stakker", *CALLS, *ACTORS, *TIMERS, *TASKS[:6], "task_bytes", *CROSS_CHANNELS),
    _peer("asio", "bench_asio", *CALLS, *TIMERS, *TASKS[:6], "task_bytes", "offload", *CROSS_CHANNELS),
    _peer("tokio", "bench-tokio", *TASKS[:6], "task_bytes", "offload", *CROSS_CHANNELS),
    _peer("crossbeam", "bench-crossbeam", *CROSS_CHANNELS),
    _peer("moodycamel", "bench_moodycamel", *CROSS_CHANNELS),
    # Two runtimes on two threads that know nothing of each other.
    Peer("apart", {w: ("bench_troupe_cores", "apart") for w in CROSS_CALLS}),
    # Calls to another runtime against the same ones within one.
    Peer("local", {"remote_1000": ("bench_troupe_thread", "local_1000"), "remote_10": ("bench_troupe_thread", "local_10"),
                   "remote_ask": ("bench_troupe_task", "ask")}),
    Peer("rests", {"remote_1000": ("bench_troupe_thread", "rests_1000"), "remote_10": ("bench_troupe_thread", "rests_10")}),
    Peer("flag", {"cross_ask": ("bench_troupe_cores", "flag")}),
    # An awaitable of another library against one of ours on the same hop through the queue.
    Peer("own", {"foreign": ("bench_troupe_task", "foreign_own")}),
)


@dataclass(frozen=True)
class Goal:
    """At most `limit`: of our own value, or (with `peer`) of our value over the peer's, or (`more`) of the difference."""

    workload: str
    metric: str
    limit: float
    peer: str = ""
    more: bool = False


GOALS = (
    Goal("call_burst", "instr", 48),
    Goal("call_burst", "ns", 0.65, "stakker"),
    Goal("call_pingpong", "instr", 60),
    Goal("call_pingpong", "ns", 0.8, "stakker"),
    Goal("ring_1k", "instr", 48),
    Goal("ring_1k", "ns", 0.65, "stakker"),
    Goal("ring_1m", "ns", 0.3, "stakker"),
    Goal("fwd", "instr", 60),
    Goal("ret_pingpong", "instr", 160),
    Goal("ret_pingpong", "allocs", 0),
    Goal("ret_pingpong", "ns", 0.6, "stakker"),
    Goal("ret_burst", "instr", 160),
    Goal("ret_burst", "allocs", 0),
    Goal("ret_burst", "ns", 0.6, "stakker"),
    Goal("actor", "instr", 180),
    Goal("actor", "ns", 0.45, "stakker"),
    Goal("actor_bytes", "bytes", 64),
    Goal("timer_add", "ns", 25),
    Goal("timer_expire", "ns", 0.9, "stakker"),
    Goal("timer_add_delete", "ns", 20),
    Goal("timer_max", "ns", 3),
    Goal("task_now", "ns", 15),
    Goal("task_now", "instr", 170),
    Goal("task_resume", "ns", 14),
    Goal("task_resume", "instr", 170),
    Goal("task_resume", "allocs", 0),
    Goal("stream_1", "ns", 14),
    Goal("stream_1", "instr", 200),
    Goal("stream_100", "ns", 3.5),
    Goal("stream_100", "instr", 45),
    Goal("ask", "ns", 20),
    Goal("ask", "instr", 230),
    Goal("ask", "allocs", 0),
    Goal("foreign", "ns", 6, "own", more=True),
    Goal("foreign", "instr", 50, "own", more=True),
    Goal("remote_1000", "ns", 1.5, "local"),
    Goal("remote_1000", "allocs", 0),
    Goal("remote_10", "ns", 3, "local"),
    Goal("channel", "instr", 100),
    Goal("channel", "allocs", 0),
    Goal("cross_channel_1", "ns", 0.7, "stakker"),
    Goal("cross_channel_1", "ns", 1.3, "moodycamel"),
    Goal("cross_channel_2", "ns", 0.7, "stakker"),
    Goal("cross_channel_2", "ns", 1.3, "moodycamel"),
    Goal("cross_ask", "ns", 2, "flag"),
    Goal("cross_calls_10", "ns", 1.18, "apart"),  # 0.85 of what they do apart
    Goal("compile_core", "s", 0.8),
    Goal("compile_core_libcxx", "s", 1.3),
    Goal("compile_method", "ms", 20),
    Goal("compile_query", "ms", 60),
    Goal("respd_set_p16", "rps", 0.8, "redis"),
    Goal("respd_get_p16", "rps", 0.8, "redis"),
    Goal("respd_set_p1", "rps", 0.9, "redis"),
    Goal("respd_get_p1", "rps", 0.9, "redis"),
)

# Steady state means no allocation at all; growth of a buffer within a repetition stays far below this.
ALLOCS_SLACK = 0.001

# Where more is better, a goal is a least and not a most.
MORE_IS_BETTER = ("rps",)
