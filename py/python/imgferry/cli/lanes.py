"""How all destinations stand at once, kept from what is told of each: counting and choosing among many costs nothing."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Dict, Iterable, List, Optional, Tuple

from .output import Output

if TYPE_CHECKING:
    from ..types import Event, Row

#: Where a destination stands, the most urgent first: what a person must see, what is tried again, what is under way,
#: what waits, what is well.
BAD, AGAIN, BUSY, WAITING, GOOD = range(5)
GROUPS: Dict[str, int] = {
    **dict.fromkeys(("failed", "conflict", "stale", "ambiguous", "cancelled", "unfinished"), BAD),
    **dict.fromkeys(("retried", "probing"), AGAIN),
    **dict.fromkeys(("launching", "task", "image", "finishing"), BUSY),
    **dict.fromkeys(("inspecting", "finding", "waiting", "queued"), WAITING),
    **dict.fromkeys(("ready", "present", "missing"), GOOD),
}
#: Where a destination stands after an event; other events move none.
AFTER = {
    **{state: state for state, group in GROUPS.items() if group in (BAD, AGAIN, GOOD)},
    **{"launching": "launching", "launched": "image", "resolved": "image", "progress": "image", "absent": "queued", "throttled": "retried"},
}
#: Groups in words, where more is not told.
WORDS = {AGAIN: ("retrying", "重试中"), BUSY: ("copying", "复制中"), WAITING: ("waiting", "等待中")}
#: More open destinations than this are not asked for their times one by one.
FEW = 256


class Lanes:
    """The destinations of a job, by cloud and group."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.cloud: List[str] = []
        self.state: List[str] = []
        #: When each is expected to be over, by the host's clock in milliseconds, where that is known.
        self.over_ms: Dict[int, int] = {}
        self.clouds: Dict[str, Tuple[Dict[int, None], ...]] = {}
        self.counts: Dict[str, Counter[str]] = {}
        for row in rows:
            self.cloud.append(row["cloud"])
            self.state.append(told(row))
            self.clouds.setdefault(row["cloud"], tuple({} for _ in range(5)))[GROUPS[self.state[-1]]][row["lane"]] = None
            self.counts.setdefault(row["cloud"], Counter())[self.state[-1]] += 1

    def __len__(self) -> int:
        return len(self.state)

    def hear(self, event: Event) -> None:
        """Takes what an event tells."""
        lane, state = event.get("lane"), AFTER.get(event["event"])
        if lane is None or state is None:
            return
        self.move(lane, state, event["at_ms"] + event["eta_ms"][1] if "eta_ms" in event else None)

    def see(self, rows: Iterable[Row], now_ms: int) -> None:
        """Takes what a report tells."""
        for row in rows:
            self.move(row["lane"], told(row), now_ms + row["eta_ms"][1] if row["eta_ms"] else None)

    def move(self, lane: int, state: str, over_ms: Optional[int]) -> None:
        before, groups, counts = self.state[lane], self.clouds[self.cloud[lane]], self.counts[self.cloud[lane]]
        if over_ms is not None:
            self.over_ms[lane] = over_ms
        elif GROUPS[state] != BUSY:
            self.over_ms.pop(lane, None)
        if before == state:
            return
        self.state[lane] = state
        counts[before] -= 1
        counts[state] += 1
        if GROUPS[before] != GROUPS[state]:
            del groups[GROUPS[before]][lane]
            groups[GROUPS[state]][lane] = None

    def ended(self) -> int:
        """How many are over."""
        return sum(len(groups[BAD]) + len(groups[GOOD]) for groups in self.clouds.values())

    def first(self, cloud: str, number: int) -> List[int]:
        """So many destinations of a cloud, the most urgent first, in each group as they came into it. Where there are
        many, what has failed leaves room for what is tried again, and both for what goes on."""
        groups = self.clouds[cloud]
        most = {BAD: -(-number // 2), AGAIN: -(-number // 4)}
        chosen = [list(islice(group, most.get(kind, number))) for kind, group in enumerate(groups)]
        left = number - sum(map(len, chosen[:WAITING]))
        for kind in (BAD, AGAIN) if left > 0 else ():
            more = list(islice(groups[kind], len(chosen[kind]), len(chosen[kind]) + left))
            chosen[kind] += more
            left -= len(more)
        return list(islice((lane for group in chosen for lane in group), number))

    def standing(self, clouds: Iterable[str], output: Output, but: Iterable[int] = ()) -> str:
        """How those of some clouds stand, in words; ``but`` those."""
        left = sum((self.counts[cloud] for cloud in clouds), Counter[str]())
        left.subtract(Counter(self.state[lane] for lane in but))
        told: Dict[str, int] = {}
        for state in sorted(filter(left.__getitem__, left), key=lambda state: GROUPS[state]):
            words = WORDS.get(GROUPS[state])
            name = output.pick(*words) if words else output.word(state)
            told[name] = told.get(name, 0) + left[state]
        return ", ".join(f"{count:,} {name}" for name, count in told.items())

    def left_ms(self, elapsed_ms: float, now_ms: int) -> Optional[float]:
        """How long the rest is expected to take: by what is known of each, else by the pace so far; or nobody knows."""
        ended = self.ended()
        still_open = len(self) - ended
        if not still_open:
            return None
        if still_open <= FEW and len(self.over_ms) >= still_open:
            return max(max(self.over_ms.values()) - now_ms, 0)
        return elapsed_ms * still_open / ended if ended >= max(5, len(self) // 10) else None


def told(row: Row) -> str:
    """Where a row stands; a launch that was refused for now is tried again."""
    return "retried" if row["error"] and row["state"] == "queued" else row["state"]


def clock(ms: float) -> str:
    """A duration: ``3:05``, ``1:02:09``."""
    seconds = int(ms // 1000)
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"
