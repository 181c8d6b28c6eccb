"""The table, and the line that others compare by."""

from collections.abc import Mapping, Sequence
from statistics import median

from bench.rows import ROWS
from bench.wrk import Load

P99_MUST = 1.5
Loads = Mapping[str, Mapping[str, Sequence[Load]]]
"""By server and by row: the rounds."""


def rate(loads: Sequence[Load]) -> float:
    """The median of the rounds' requests a second."""
    return median(load.per_second for load in loads)


def late(loads: Sequence[Load]) -> float:
    """The median of the rounds' 99th percentiles, in milliseconds."""
    return median(load.p99 for load in loads)


def table(loads: Loads, sizes: Mapping[str, int]) -> str:
    """Every row for every server beside nginx."""
    head = f"{'row':<11}{'bytes':>7}{'server':>8}{'req/s':>9}{'nginx':>9}{'ratio':>7}{'must':>6}{'aim':>6}"
    lines = [
        head
        + f"{'spread':>14}{'p50 ms':>8}{'p99 ms':>8}{'nginx':>8}{'ratio':>7}{'max ms':>8}{'CPU µs':>8}{'nginx':>7}"
    ]
    for row in ROWS:
        for server in ("serve", "kiosk"):
            mine, theirs = loads.get(server, {}).get(row.name), loads["nginx"].get(row.name)
            if not mine or not theirs:
                continue
            ratios = sorted(a.per_second / b.per_second for a, b in zip(mine, theirs, strict=True))
            ratio, tail = rate(mine) / rate(theirs), late(mine) / late(theirs)
            lines.append(
                f"{row.name:<11}{sizes.get(row.name, 0):>7}{server:>8}{rate(mine):>9.0f}{rate(theirs):>9.0f}"
                f"{ratio:>7.2f}{row.must:>6.2f}{row.aim:>6.2f}{f'{ratios[0]:.2f}-{ratios[-1]:.2f}':>14}"
                f"{median(load.p50 for load in mine):>8.2f}{late(mine):>8.2f}{late(theirs):>8.2f}{tail:>7.2f}"
                f"{max(load.worst for load in mine):>8.1f}{_cpu(mine):>8.1f}{_cpu(theirs):>7.1f}"
            )
    return "\n".join(lines)


def _cpu(loads: Sequence[Load]) -> float:
    return median(load.server_cpu for load in loads)


def line(loads: Loads, server: str) -> str:
    """`kiosk/nginx: subscriber 0.71 wall 0.74 … p99 1.10 zipf 0.62 uniform 0.48`; p99 is the worst row's."""
    ratios = {
        row.name: rate(loads[server][row.name]) / rate(loads["nginx"][row.name])
        for row in ROWS
        if loads.get(server, {}).get(row.name) and loads["nginx"].get(row.name)
    }
    tails = [late(loads[server][name]) / late(loads["nginx"][name]) for name in ratios]
    words = [f"{name} {ratios[name]:.2f}" if name in ratios else f"{name} failed" for name in _first_rows()]
    words.append(f"p99 {max(tails):.2f}" if tails else "p99 failed")
    words += [f"{name} {ratios[name]:.2f}" if name in ratios else f"{name} failed" for name in _last_rows()]
    return f"{server}/nginx: {' '.join(words)}"


def _first_rows() -> list[str]:
    return [row.name for row in ROWS if row.story != "archive"]


def _last_rows() -> list[str]:
    return [row.name for row in ROWS if row.story == "archive"]
