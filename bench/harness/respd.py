"""respd beside redis-server: both on one core, redis-benchmark on another, in turn; then both with two threads."""

import contextlib
import csv
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .programs import BUILD, build_preset
from .results import Results
from .workloads import OURS

SERVER_CORE, CLIENT_CORE = "0", "1"
BOTH_CORES = "0,1"
CLIENTS = 50
START_LIMIT = 5.0  # seconds that a server has to listen
# Those that redis-benchmark runs by itself, in its order: the later ones find what the earlier ones have left.
ALL_TESTS = ("ping_inline", "ping_mbulk", "set", "get", "incr", "lpush", "rpush", "lpop", "rpop", "sadd", "hset", "spop",
             "zadd", "zpopmin", "lrange_100", "lrange_300", "lrange_500", "lrange_600", "mset")
KEYS = 1_000_000  # of the measure of memory
SPREAD_KEYS = 100_000  # of the tests with two threads


@dataclass(frozen=True)
class Plan:
    """What is measured."""

    tests: tuple[str, ...] = ("set", "get")
    pipelines: tuple[int, ...] = (16, 1)
    rounds: int = 3
    seconds: float = 0.5  # about so long does one test take
    memory: tuple[int, ...] = ()  # sizes of values
    threads: tuple[str, ...] = ("set", "get")  # tests of the servers with two threads


def versions() -> dict[str, str]:
    if not shutil.which("redis-server"):
        return {}
    text = subprocess.run(["redis-server", "--version"], capture_output=True, text=True).stdout
    return {"redis": next((word[2:] for word in text.split() if word.startswith("v=")), "?")}


def find_respd() -> Path | None:
    """The release build of respd; built if it is not there."""
    def look() -> Path | None:
        found = [p for p in (BUILD / "release").rglob("respd") if p.is_file() and os.access(p, os.X_OK)]
        return found[0] if found else None

    return look() or (look() if build_preset("release", "respd") else None)


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def _server(command: list[str], port: int, directory: str, cores: str = SERVER_CORE):
    """Runs a server on its core, or cores, for the time of a block: the number of its process."""
    with open(Path(directory) / f"{port}.log", "w") as log:
        process = subprocess.Popen(["taskset", "-c", cores, *command], stdout=log, stderr=log, cwd=directory)
        try:
            deadline = time.monotonic() + START_LIMIT
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise RuntimeError(f"{command[0]} does not listen on port {port}") from None
                    time.sleep(0.02)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(timeout=START_LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()


def _processor_time(pid: int) -> float:
    """Seconds for which the server's threads have run: what else runs on the machine is not charged."""
    return sum(int(thread.read_text().split()[0]) for thread in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def _resident(pid: int) -> int:
    """Bytes of the process that are in main memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def _requests(test: str, pipeline: int, seconds: float) -> int:
    a_second = 100_000 if pipeline == 1 else 1_000_000
    share = {"mset": 5, "lrange_100": 10, "lrange_300": 25, "lrange_500": 40, "lrange_600": 50}.get(test, 1)
    return max(5_000, int(seconds * a_second / share))


def _benchmark(port: int, test: str, pipeline: int, requests: int, more: tuple[str, ...] = (),
               cores: str = CLIENT_CORE) -> float:
    """Requests a second."""
    command = ["taskset", "-c", cores, "redis-benchmark", "-p", str(port), "-t", test, "--csv",
               "-n", str(requests), "-c", str(CLIENTS), "-P", str(pipeline), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return float(list(csv.DictReader(done.stdout.splitlines()))[-1]["rps"])


def _measure_speed(results: Results, plan: Plan, tests: tuple[str, ...], servers: dict[str, tuple[int, int]],
                   end: str = "", more: tuple[str, ...] = (), cores: str = CLIENT_CORE) -> None:
    """Rows respd_TEST_pN: requests a second, and microseconds of the server's processor for each."""
    values: dict[tuple[str, str, str], list[float]] = {}
    for _ in range(plan.rounds):
        for pipeline in plan.pipelines:
            for test in tests:
                requests = _requests(test, pipeline, plan.seconds)
                # LRANGE's test fills its list first, with as many requests again.
                sent = requests * (2 if test.startswith("lrange") else 1)
                for peer, (port, pid) in servers.items():
                    before = _processor_time(pid)
                    row = f"respd_{test}_p{pipeline}{end}"
                    rps = _benchmark(port, test, pipeline, requests, more, cores)
                    values.setdefault((row, "rps", peer), []).append(rps)
                    took = (_processor_time(pid) - before) / sent
                    values.setdefault((row, "us", peer), []).append(took * 1e6)
    for (row, metric, peer), each in values.items():
        results.put(row, metric, peer, median(each))


def _measure_memory(results: Results, size: int, servers: dict[str, tuple[int, int]]) -> None:
    """Rows respd_memory_SIZE and respd_flushed_SIZE: bytes a key, then those that are left when all are flushed."""
    value = b"$%d\r\n%s\r\n" % (size, b"v" * size)
    for peer, (port, pid) in servers.items():
        with socket.create_connection(("127.0.0.1", port), timeout=30) as s:
            def ask(request: bytes) -> None:
                s.sendall(request)
                while not s.recv(65536).endswith(b"\r\n"):
                    pass

            ask(b"FLUSHALL\r\n")
            time.sleep(2)
            before = _resident(pid)
            for begin in range(0, KEYS, 1000):
                words = b"".join(b"$16\r\nkey:%012d\r\n%s" % (n, value) for n in range(begin, begin + 1000))
                ask(b"*2001\r\n$4\r\nMSET\r\n" + words)
            results.put(f"respd_memory_{size}", "bytes", peer, (_resident(pid) - before) / KEYS)
            ask(b"FLUSHALL\r\n")
            time.sleep(5)
            results.put(f"respd_flushed_{size}", "bytes", peer, max(0, _resident(pid) - before) / KEYS)


def _measure_threads(results: Results, plan: Plan, respd: Path, redis_command: list[str], directory: str) -> None:
    """Rows respd_TEST_pN_2: servers with two threads, and respd with one (`one`), on the cores of the client. Keys are
    drawn from many, for a key has one thread."""
    if not plan.threads:
        return
    commands = {OURS.name: [str(respd.resolve()), "--runtimes", "2"], "one": [str(respd.resolve())],
                "redis": [*redis_command, "--io-threads", "2"]}
    with contextlib.ExitStack() as stack:
        servers = {}
        for peer, command in commands.items():
            port = _free_port()
            pid = stack.enter_context(_server([*command, "--port", str(port)], port, directory, BOTH_CORES))
            servers[peer] = (port, pid)
        _measure_speed(results, plan, plan.threads, servers, "_2", ("-r", str(SPREAD_KEYS)), BOTH_CORES)


def measure(results: Results, plan: Plan = Plan()) -> None:
    """What the plan says, of respd and of redis-server; says so where that is not possible."""
    missing = [tool for tool in ("redis-server", "redis-benchmark", "taskset") if not shutil.which(tool)]
    if missing or (os.cpu_count() or 1) < 2:
        print(f"respd: left out, {missing[0] if missing else 'a second core'} is not here")
        return
    respd = find_respd()
    if respd is None:
        print("respd: left out, build/release has none")
        return
    ours, redis = _free_port(), _free_port()
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
        redis_command = ["redis-server", "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
        redis_pid = stack.enter_context(_server([*redis_command, "--port", str(redis)], redis, directory))
        ours_pid = stack.enter_context(_server([str(respd.resolve()), "--port", str(ours)], ours, directory))
        servers = {OURS.name: (ours, ours_pid), "redis": (redis, redis_pid)}
        _measure_speed(results, plan, plan.tests, servers)
        for size in plan.memory:
            _measure_memory(results, size, servers)
        _measure_threads(results, plan, respd, redis_command, directory)
