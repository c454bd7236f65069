"""One row of the table, how a budget is judged, and a row that cannot be had."""

from __future__ import annotations

from typing import NamedTuple, Optional


class LeftOut(Exception):
    """A benchmark that cannot run here, and why."""


class Row(NamedTuple):
    """What was measured. ``value`` is the figure that the budget is about: a ratio, milliseconds, bytes."""

    group: str
    what: str
    ours: str
    against: str
    value: Optional[float] = None
    unit: str = ""
    at_most: Optional[float] = None
    at_least: Optional[float] = None

    @property
    def figure(self) -> str:
        return "" if self.value is None else f"{self.value:.3g} {self.unit}".strip()

    @property
    def budget(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g} {self.unit}".strip()
        return f"≥ {self.at_least:g} {self.unit}".strip() if self.at_least is not None else ""

    @property
    def verdict(self) -> str:
        """``met``, ``missed``, or nothing where there is no budget."""
        if self.value is None or (self.at_most is None and self.at_least is None):
            return ""
        met = (self.at_most is None or self.value <= self.at_most) and (self.at_least is None or self.value >= self.at_least)
        return "met" if met else "MISSED"


def microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:.1f} µs"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms"


def megabytes(size: float) -> str:
    return f"{size / 1e6:.2f} MB"
