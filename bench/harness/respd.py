"""respd beside redis-server: both on one core, redis-benchmark on another, in turn."""

import contextlib
import csv
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from .programs import BUILD, build_preset
from .results import Results
from .workloads import OURS

SERVER_CORE, CLIENT_CORE = "0", "1"
CLIENTS = 50
ROUNDS = 3
REQUESTS = {16: 400_000, 1: 60_000}  # by depth of the pipeline
START_LIMIT = 5.0  # seconds that a server has to listen
TESTS = ("set", "get")


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
def _server(command: list[str], port: int, directory: str):
    with open(Path(directory) / f"{port}.log", "w") as log:
        process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *command], stdout=log, stderr=log, cwd=directory)
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
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=START_LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()


def _benchmark(port: int, pipeline: int) -> dict[str, float]:
    """Requests a second of each test."""
    command = ["taskset", "-c", CLIENT_CORE, "redis-benchmark", "-p", str(port), "-t", ",".join(TESTS), "--csv",
               "-n", str(REQUESTS[pipeline]), "-c", str(CLIENTS), "-P", str(pipeline)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return {row["test"].lower(): float(row["rps"]) for row in csv.DictReader(done.stdout.splitlines())}


def measure(results: Results) -> None:
    """Rows respd_set_p16, respd_get_p16, respd_set_p1, respd_get_p1, in requests a second."""
    missing = [tool for tool in ("redis-server", "redis-benchmark", "taskset") if not shutil.which(tool)]
    if missing or (os.cpu_count() or 1) < 2:
        print(f"respd: left out, {missing[0] if missing else 'a second core'} is not here")
        return
    respd = find_respd()
    if respd is None:
        print("respd: left out, build/release has none")
        return
    ours, redis = _free_port(), _free_port()
    values: dict[tuple[str, int, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
        redis_command = ["redis-server", "--port", str(redis), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
        stack.enter_context(_server(redis_command, redis, directory))
        stack.enter_context(_server([str(respd.resolve()), "--port", str(ours)], ours, directory))
        for _ in range(ROUNDS):
            for pipeline in REQUESTS:
                for peer, port in ((OURS.name, ours), ("redis", redis)):
                    for test, rps in _benchmark(port, pipeline).items():
                        values.setdefault((test, pipeline, peer), []).append(rps)
    for (test, pipeline, peer), each in values.items():
        results.put(f"respd_{test}_p{pipeline}", "rps", peer, median(each))
