"""The table, the file of ratios, the baseline."""

import datetime
from pathlib import Path

from . import programs
from .programs import ROOT
from .results import Results, check, goals_of
from .workloads import GOALS, MORE_IS_BETTER, OURS, Goal


def number(value: float) -> str:
    """Three digits that matter, without an exponent."""
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def write_tsv(results: Results, path: Path) -> None:
    """workload, metric, ours, peer, its value, ours / its value."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for row in results.rows():
            print(row.workload, row.metric, f"{row.ours:.6g}", row.peer, f"{row.value:.6g}", f"{row.ratio:.4f}",
                  sep="\t", file=file)


def _goal_text(goal: Goal, results: Results) -> str:
    sign = ">=" if goal.metric in MORE_IS_BETTER else "<="
    what = f"{'+' if goal.more else ''}{number(goal.limit)}" + (f" x {goal.peer}" if goal.peer and not goal.more else "")
    found = check(goal, results)
    verdict = "" if found is None else ("  kept" if found[1] else f"  MISSED ({number(found[0])})")
    return f"{sign} {what}{verdict}"


def table(results: Results, versions: dict[str, str]) -> str:
    """One line a workload and metric: ours, each peer with ours as a multiple of it, the goal."""
    peers = [p for p in dict.fromkeys(peer for _, _, peer in results.values) if p != OURS.name]
    lines = [["workload", "metric", OURS.name, *peers, "goal"]]
    for workload, metric in results.keys():
        ours = results.get(workload, metric, OURS.name)
        cells = [workload, metric, "-" if ours is None else number(ours)]
        by_peer = {row.peer: row for row in results.rows() if (row.workload, row.metric) == (workload, metric)}
        for peer in peers:
            value = results.get(workload, metric, peer)
            ratio = f" ({by_peer[peer].ratio:.2f}x)" if peer in by_peer and value else ""
            cells.append("" if value is None else number(value) + ratio)
        cells.append("; ".join(_goal_text(goal, results) for goal in goals_of(workload, metric)))
        lines.append(cells)
    text = _align(lines)
    text += "\nIn brackets: ours as a multiple of the peer's; below 1 ours takes less.\n"
    text += "".join(f"  {peer:<9} {version}\n" for peer, version in versions.items())
    return text


def quoted() -> str:
    """The rows that were not measured here."""
    lines = [["peer", "version", "workload", "ns (bytes)", "instr"]]
    for line in (ROOT / "bench" / "quoted.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            lines.append(line.split("\t"))
    head = "QUOTED, not measured in this run: an earlier measurement on a comparable machine (bench/quoted.tsv).\n"
    return head + _align(lines)


def _align(lines: list[list[str]]) -> str:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "".join("  ".join(c.ljust(w) for c, w in zip(line, widths)).rstrip() + "\n" for line in lines)


def missed(results: Results) -> list[str]:
    return [f"{g.workload} {g.metric} {_goal_text(g, results)}" for g in GOALS
            if (found := check(g, results)) and not found[1]]


def write_baseline(text: str, path: Path) -> None:
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    head = ["One run of bench/ratios --baseline; compare only with runs on the same machine.", f"date      {date}"]
    path.write_text("\n".join([*head, *programs.machine(), "", text]))
