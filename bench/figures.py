"""Figures with their names and units, percentiles, and the machine they were taken on."""

import math
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured number; `about` groups the table."""

    about: str
    name: str
    value: float
    unit: str


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(about: str, name: str, seconds: Sequence[float]) -> list[Figure]:
    """Median, 95th percentile and worst of some durations, in milliseconds."""
    wanted = (("p50", percentile(seconds, 0.5)), ("p95", percentile(seconds, 0.95)), ("worst", max(seconds)))
    return [Figure(about, f"{name}, {word}", value * 1000, "ms") for word, value in wanted]


def table(figures: Sequence[Figure]) -> str:
    width = max(len(figure.name) for figure in figures) + 2
    lines, about = [], ""
    for figure in figures:
        if figure.about != about:
            about = figure.about
            lines.append(f"\n{about}")
        lines.append(f"  {figure.name:<{width}}{_shown(figure.value):>12} {figure.unit}")
    return "\n".join(lines)


def machine(postgres: str) -> dict[str, str]:
    """What a reader needs to compare the figures with their own."""
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{gib:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": postgres,
        "load at the start": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _shown(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
