"""The command line of bench/ratios."""

import argparse
import time
from pathlib import Path

from . import compile_cost, programs, report, respd
from .measure import Case, Instructions, WrongResult
from .programs import BUILD, ROOT
from .results import Results
from .workloads import OURS, PEERS, WORKLOADS

PARTS = ("time", "instr", "compile", "respd")


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/ratios", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny runs, for their results alone; measures nothing")
    parser.add_argument("--baseline", action="store_true", help="also write bench/baseline.txt")
    parser.add_argument("--no-build", action="store_true", help="take the programs as they are")
    parser.add_argument("--bin-dir", type=Path, action="append", default=[], help="where programs are (repeatable)")
    parser.add_argument("--only", help="workloads whose name contains this")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"which of {','.join(PARTS)} (all)")
    parser.add_argument("--output", type=Path, default=BUILD / "ratios.tsv", help="where the ratios go")
    return parser.parse_args(argv)


def _programs(arguments: argparse.Namespace) -> dict[str, Path]:
    directories = list(arguments.bin_dir)
    if not arguments.no_build:
        built = programs.build_preset("bench", "bench")
        if built is None:
            raise SystemExit("bench/ratios: the C++ programs do not build")
        directories.append(built)
        why = programs.build_rust()
        if why:
            print(f"The Rust peers (stakker, tokio, crossbeam) are left out: {why}.")
    directories.append(programs.CARGO_TARGET / "release")
    found = programs.find(directories)
    for name in sorted({p for peer in (OURS, *PEERS) for p, _ in peer.runs.values()} - set(found)):
        print(f"{name} is not here: its rows are left out.")
    return found


def _cases(arguments: argparse.Namespace, found: dict[str, Path]) -> list[Case]:
    chosen = [w for w in WORKLOADS if not arguments.only or arguments.only in w.name]
    return [case for w in chosen if (case := Case(w, [OURS, *PEERS], found)).entries]


def main(argv: list[str]) -> int:
    arguments = _arguments(argv)
    parts = arguments.parts.split(",")
    start = time.monotonic()
    found = _programs(arguments)
    cases = _cases(arguments, found)
    if not cases:
        print("bench/ratios: no program to run")
        return 1
    try:
        if arguments.quick:
            for case in cases:
                case.smoke()
                print(f"{case.workload.name}: {', '.join(peer for peer, _, _ in case.entries)}")
            print(f"{len(cases)} passed, 0 failed")
            return 0
        results = Results()
        _measure(parts, cases, results, not arguments.only, arguments.output.with_name("bench-instructions.json"))
    except WrongResult as wrong:
        print(f"bench/ratios: {wrong}")
        return 1

    versions = programs.versions(found) | respd.versions()
    text = f"{report.table(results, versions)}\n{report.quoted()}"
    print(f"\n{text}")
    for line in report.missed(results):
        print("goal:", line)
    report.write_tsv(results, arguments.output)
    print(f"written to {arguments.output}; took {time.monotonic() - start:.0f} s")
    if arguments.baseline:
        report.write_baseline(text, ROOT / "bench" / "baseline.txt")
    return 0


def _measure(parts: list[str], cases: list[Case], results: Results, whole: bool, cache: Path) -> None:
    if "time" in parts:
        for case in cases:
            case.time(results)
            print(f"{case.workload.name}: timed {', '.join(peer for peer, _, _ in case.entries)}", flush=True)
    if "instr" in parts:
        if Instructions.available():
            Instructions(cache).count(cases, results)
        else:
            print("valgrind is not here: instructions are left out")
    if "compile" in parts and whole:
        compile_cost.measure(results)
    if "respd" in parts and whole:
        respd.measure(results)
