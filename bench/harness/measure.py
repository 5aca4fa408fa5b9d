"""Runs the programs: times, check sums, allocations; instructions with callgrind."""

import hashlib
import json
import os
import random
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from .results import Results
from .workloads import Peer, Workload

QUICK_N = 1000
QUICK_REPS = 2
COUNT_N = (20_000, 60_000)  # instructions an operation are those of the second run less those of the first
TIME_LIMIT = 300  # seconds for one process


class WrongResult(Exception):
    """A program failed, or two programs disagree on the check sum."""


class Output:
    """What one process printed."""

    def __init__(self, text: str, workload: str):
        self.values = [float(v) for v in re.findall(rf"^{re.escape(workload)} \d+ ([\d.]+)$", text, re.M)]
        self.sum = self._extra(text, "sum")
        allocs = self._extra(text, "allocs")
        self.allocs = None if allocs is None else float(allocs)

    @staticmethod
    def _extra(text: str, key: str) -> str | None:
        match = re.search(rf"^# {key} (\S+)$", text, re.M)
        return match.group(1) if match else None


def run(program: Path, workload: str, n: int, reps: int, on_all: bool) -> Output:
    """One process, on all cores or on the last one (the system's own work tends to be on the first)."""
    command = [str(program), workload, str(n), str(reps)]
    cores = os.cpu_count() or 1
    if not on_all and cores > 1 and shutil.which("taskset"):
        command = ["taskset", "-c", str(cores - 1), *command]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired as late:
        raise WrongResult(f"{' '.join(command)}: not done after {TIME_LIMIT} s") from late
    if done.returncode != 0:
        raise WrongResult(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr.strip()}")
    output = Output(done.stdout, workload)
    if len(output.values) != reps or output.sum is None:
        raise WrongResult(f"{' '.join(command)}: unexpected output\n{done.stdout.strip()}")
    return output


class Case:
    """A workload with the peers that can run it here."""

    def __init__(self, workload: Workload, peers: list[Peer], programs: dict[str, Path]):
        self.workload = workload
        self.entries: list[tuple[str, Path, str]] = []
        for peer in peers:
            if workload.name in peer.runs:
                program, name = peer.runs[workload.name]
                if program in programs:
                    self.entries.append((peer.name, programs[program], name))

    def check_sums(self, outputs: dict[str, Output]) -> None:
        sums = {peer: output.sum for peer, output in outputs.items()}
        if len(set(sums.values())) > 1:
            raise WrongResult(f"{self.workload.name}: the check sums differ: {sums}")

    def smoke(self) -> None:
        """Tiny, for the results alone."""
        self.check_sums({peer: run(path, name, QUICK_N, QUICK_REPS, self.workload.cores) for peer, path, name in self.entries})

    def time(self, results: Results) -> None:
        """Processes of all peers in turn, in a new order each round; the median of the processes' medians."""
        w = self.workload
        values: dict[str, list[float]] = {peer: [] for peer, _, _ in self.entries}
        last: dict[str, Output] = {}
        for round_number in range(w.runs):
            for peer, path, name in random.Random(round_number).sample(self.entries, len(self.entries)):
                last[peer] = output = run(path, name, w.n, w.reps, w.cores)
                # The heap grows once and then has what it needs, so bytes are those of the first repetition.
                values[peer].append(output.values[0] if w.metric == "bytes" else median(output.values[1:]))
        self.check_sums(last)
        for peer, _, _ in self.entries:
            results.put(w.name, w.metric, peer, median(values[peer]))
            if last[peer].allocs is not None:
                results.put(w.name, "allocs", peer, last[peer].allocs)


class Instructions:
    """Counts with callgrind, which repeat exactly: so they are kept by the program's contents."""

    def __init__(self, cache: Path):
        self.cache = cache
        try:
            self.known: dict[str, int] = json.loads(cache.read_text())
        except (OSError, ValueError):
            self.known = {}
        self.used: dict[str, int] = {}
        self.hashes: dict[Path, str] = {}

    @staticmethod
    def available() -> bool:
        return shutil.which("valgrind") is not None

    def count(self, cases: list[Case], results: Results) -> None:
        jobs = [(case.workload, *entry) for case in cases if case.workload.counted for entry in case.entries]
        self.hashes = {path: hashlib.sha256(path.read_bytes()).hexdigest() for _, _, path, _ in jobs}
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for (workload, peer, _, _), value in zip(jobs, pool.map(lambda job: self._per_op(job[2], job[3]), jobs)):
                results.put(workload.name, "instr", peer, value)
        self.cache.parent.mkdir(parents=True, exist_ok=True)
        self.cache.write_text(json.dumps(self.used, indent=0))

    def _per_op(self, path: Path, workload: str) -> float:
        few, many = (self._total(path, workload, n) for n in COUNT_N)
        return (many - few) / (COUNT_N[1] - COUNT_N[0])

    def _total(self, path: Path, workload: str, n: int) -> int:
        key = f"{self.hashes[path]} {workload} {n}"
        if key not in self.known:
            command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(path), workload, str(n), "1"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT)
            match = re.search(r"Collected : (\d+)", done.stderr)
            if done.returncode != 0 or not match:
                raise WrongResult(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr[-2000:]}")
            self.known[key] = int(match.group(1))
        self.used[key] = self.known[key]
        return self.known[key]
