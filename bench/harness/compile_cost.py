"""What our headers cost the compiler: alone, and for one more method of an actor."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .programs import ROOT
from .results import Results
from .workloads import OURS

FEW, MANY = 20, 120  # methods in the two files whose difference is taken
RUNS = 2  # the least of so many counts: what else runs on the machine can only add
MS = 1000


@dataclass(frozen=True)
class Compiler:
    name: str
    command: tuple[str, ...]


# Without optimisation, as a build is that a person waits for.
GCC = Compiler("gcc", ("g++", "-std=c++23"))
LIBCXX = Compiler("libcxx", ("clang++-19", "-std=c++23", "-stdlib=libc++"))

INCLUDE = "#include <troupe/core.hpp>\n"


def plain_methods(count: int) -> str:
    """An actor with `count` methods, each called once."""
    methods = "".join(f"  void plain{i}(troupe::Cx<Many>&, int value) {{ sum += value; }}\n" for i in range(count))
    calls = "".join(f"  troupe::call<&Many::plain{i}>(to, {i});\n" for i in range(count))
    return f"{INCLUDE}struct Many {{\n  int sum = 0;\n{methods}}};\nvoid use(troupe::Actor<Many>& to) {{\n{calls}}}\n"


def queries(count: int) -> str:
    """An actor with `count` queries, each asked once with a `ret_to` to a method of its own."""
    text = INCLUDE + "struct Many {\n  int sum = 0;\n  troupe::Actor<Many> peer;\n"
    for i in range(count):
        text += f"  void query{i}(troupe::Cx<Many>&, troupe::Ret<int> ret) {{ ret(sum); }}\n"
        text += f"  void reply{i}(troupe::Cx<Many>&, troupe::Reply<int> reply) {{ sum += reply.value_or({i}); }}\n"
        text += f"  void ask{i}(troupe::Cx<Many>& cx);\n"
    text += "};\n"
    for i in range(count):
        ask = f"troupe::call<&Many::query{i}>(peer, troupe::ret_to<&Many::reply{i}>(cx));"
        text += f"void Many::ask{i}(troupe::Cx<Many>& cx) {{ {ask} }}\n"
    return text


def seconds(compiler: Compiler, source: str, directory: Path, runs: int = RUNS) -> float | None:
    """Processor time to compile this text; None where it does not compile."""
    file = directory / "cost.cpp"
    file.write_text(source)
    command = [*compiler.command, "-I", str(ROOT / "include"), "-c", str(file), "-o", str(directory / "cost.o")]
    best = None
    for _ in range(runs):
        before = os.times()
        done = subprocess.run(command, capture_output=True, text=True)
        after = os.times()
        if done.returncode != 0:
            print(f"compile cost: {' '.join(command)} failed\n{done.stderr[:2000]}")
            return None
        took = after.children_user - before.children_user + after.children_system - before.children_system
        best = took if best is None else min(best, took)
    return best


# Name of the row, metric, budget, compiler, and the two texts of which the second less the first is charged.
ROWS = (
    ("compile_core", "s", 0.8, GCC, ("", INCLUDE), 1.0),
    ("compile_core_libcxx", "s", 1.3, LIBCXX, ("", INCLUDE), 1.0),
    ("compile_method", "ms", 20.0, GCC, (plain_methods(FEW), plain_methods(MANY)), MS / (MANY - FEW)),
    ("compile_query", "ms", 60.0, GCC, (queries(FEW), queries(MANY)), MS / (MANY - FEW)),
)


def measure(results: Results) -> None:
    """One row each, beside its budget."""
    with tempfile.TemporaryDirectory() as name:
        for row, metric, budget, compiler, (less, more), scale in ROWS:
            if not shutil.which(compiler.command[0]):
                print(f"{row}: left out, {compiler.command[0]} is not here")
                continue
            directory = Path(name)
            low = seconds(compiler, less, directory) if less else 0.0
            high = seconds(compiler, more, directory)
            if low is not None and high is not None:
                results.put(row, metric, OURS.name, (high - low) * scale)
                results.put(row, metric, "budget", budget)
