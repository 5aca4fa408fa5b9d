"""What was measured: values by workload, metric and peer; rows of ratios; goals kept and missed."""

from dataclasses import dataclass, field

from . import workloads
from .workloads import ALLOCS_SLACK, GOALS, MORE_IS_BETTER, OURS, Goal


@dataclass(frozen=True)
class Row:
    """Ours beside one peer's."""

    workload: str
    metric: str
    ours: float
    peer: str
    value: float

    @property
    def ratio(self) -> float:
        if self.value != 0:
            return self.ours / self.value
        return 1.0 if self.ours == 0 else float("inf")


@dataclass
class Results:
    """Values in the order in which they came."""

    values: dict[tuple[str, str, str], float] = field(default_factory=dict)

    def put(self, workload: str, metric: str, peer: str, value: float) -> None:
        self.values[workload, metric, peer] = value

    def get(self, workload: str, metric: str, peer: str) -> float | None:
        return self.values.get((workload, metric, peer))

    def keys(self) -> list[tuple[str, str]]:
        """Workload and metric of each line of the table: in the order of the workloads, then whatever else there is."""
        names = [w.name for w in workloads.WORKLOADS]
        metrics = ("ns", "instr", "allocs", "bytes")
        seen = dict.fromkeys((w, m) for w, m, _ in self.values)

        def place(key: tuple[str, str]) -> tuple[int, int]:
            workload, metric = key
            return (
                names.index(workload) if workload in names else len(names),
                metrics.index(metric) if metric in metrics else len(metrics),
            )

        return sorted(seen, key=place)

    def rows(self) -> list[Row]:
        """Ours beside each peer's, where both were measured."""
        result = []
        for workload, metric in self.keys():
            ours = self.get(workload, metric, OURS.name)
            if ours is None:
                continue
            for (w, m, peer), value in self.values.items():
                if (w, m) == (workload, metric) and peer != OURS.name:
                    result.append(Row(workload, metric, ours, peer, value))
        return result


def check(goal: Goal, results: Results) -> tuple[float, bool] | None:
    """What the goal is compared with, and whether it is kept; None where something was not measured."""
    ours = results.get(goal.workload, goal.metric, OURS.name)
    if ours is None:
        return None
    value = ours
    if goal.peer:
        other = results.get(goal.workload, goal.metric, goal.peer)
        if not other:
            return None
        value = ours - other if goal.more else ours / other
    slack = ALLOCS_SLACK if goal.metric == "allocs" else 0
    kept = value >= goal.limit if goal.metric in MORE_IS_BETTER else value <= goal.limit + slack
    return value, kept


def goals_of(workload: str, metric: str) -> list[Goal]:
    return [g for g in GOALS if (g.workload, g.metric) == (workload, metric)]
