"""What goes on, on a terminal: a line for all, a line a cloud, and as many destinations as there is room for, the most
urgent first. Only what is seen is asked for and drawn."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable, Dict, List, Optional

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from .lanes import AGAIN, BAD, BUSY, GOOD, GROUPS, WAITING, Lanes, clock, told
from .output import Output, plain, reason

if TYPE_CHECKING:
    from ..types import Row

#: Sign and style of each group. The colours are readable on dark and on light ground.
SIGNS = {BAD: ("✗", "x"), AGAIN: ("↻", "~"), BUSY: ("▸", ">"), WAITING: ("·", "."), GOOD: ("✓", "+")}
STYLES = {BAD: "bold red", AGAIN: "magenta", BUSY: "", WAITING: "dim", GOOD: "green"}
BAR, REST = ("━", "#"), ("─", "-")
#: Columns from which there is room for names, and for longer bars.
WIDE = 100


class View:
    """A rich ``Live`` that is drawn when its owner says so."""

    def __init__(self, lanes: Lanes, details: Callable[[List[int]], List[Row]], output: Output, began_ms: float) -> None:
        self.lanes, self.details, self.output, self.began_ms = lanes, details, output, began_ms
        self.console = Console(stderr=True, highlight=False, emoji=False, markup=False)
        self.rough = not (self.console.encoding or "").lower().startswith("utf")
        self.size = self.console.size
        self.live = self.new()
        self.shown = ""
        self.columns = Columns([], 0)

    def new(self) -> Live:
        return Live(console=self.console, auto_refresh=False, transient=True, vertical_overflow="crop")

    def start(self) -> None:
        self.live.start()
        self.draw()

    def stop(self) -> None:
        self.live.stop()

    def draw(self) -> None:
        """Draws what has changed."""
        size = self.console.size
        if size != self.size:
            # What a terminal makes of the lines on it when its size changes, nobody can tell: it begins anew.
            self.size = size
            self.live.stop()
            self.console.clear()
            self.live = self.new()
            self.live.start()
            self.shown = ""
        # The last column stays free: some terminals break the line there.
        lines = self.lines(size.width - 1, size.height - 1)
        shown = "\n".join(line.markup for line in lines)
        if shown != self.shown:
            self.shown = shown
            self.live.update(Group(*lines), refresh=True)

    def lines(self, width: int, height: int) -> List[Text]:
        """What is shown in so much room."""
        now_ms = time.time() * 1000
        lines = [self.head(now_ms)]
        clouds = list(self.lanes.clouds)
        if height > len(clouds):
            room = shares({cloud: sum(self.lanes.counts[cloud].values()) for cloud in clouds}, height - 1 - len(clouds))
            seen: Dict[str, List[int]] = {}
            for cloud in clouds:
                all_fit = room[cloud] >= sum(self.lanes.counts[cloud].values())
                # The last line tells of the others.
                seen[cloud] = self.lanes.first(cloud, room[cloud] if all_fit else max(room[cloud] - 1, 0))
            rows = self.details([lane for cloud in clouds for lane in seen[cloud]])
            columns = self.columns = Columns(rows, width, self.columns)
            for cloud in clouds:
                lines.append(self.cloud(cloud))
                rows, mine = rows[len(seen[cloud]) :], rows[: len(seen[cloud])]
                lines += [self.lane(row, columns, now_ms) for row in mine]
                others = sum(self.lanes.counts[cloud].values()) - len(mine)
                if others and room[cloud]:
                    standing = self.lanes.standing([cloud], self.output, but=seen[cloud])
                    lines.append(Text("  " + self.output.pick(f"and {standing}", f"另有 {standing}"), "dim"))
        for line in lines:
            line.truncate(width, overflow="ellipsis")
            line.no_wrap = True
        return lines[: max(height, 1)]

    def head(self, now_ms: float) -> Text:
        """All destinations in one line."""
        output, lanes = self.output, self.lanes
        elapsed = now_ms - self.began_ms
        left = lanes.left_ms(elapsed, int(now_ms))
        ended, number = f"{lanes.ended():,}", f"{len(lanes):,}"
        head = Text(output.pick(f"{ended} of {number} over", f"已结束 {ended} / {number}"), "bold")
        head.append(output.pick(f"  {clock(elapsed)} so far", f"  已用 {clock(elapsed)}"), "not bold")
        if left is not None:
            head.append(output.pick(f", about {clock(left)} to go", f"，约剩 {clock(left)}"), "not bold")
        return head

    def cloud(self, cloud: str) -> Text:
        """All destinations of a cloud in one line."""
        line = Text(cloud, "bold")
        line.append(f"  {self.lanes.standing([cloud], self.output)}", "not bold")
        return line

    def lane(self, row: Row, columns: Columns, now_ms: float) -> Text:
        """One destination."""
        state = told(row)
        group = GROUPS[state]
        line = Text(f"{SIGNS[group][self.rough]} ", STYLES[group])
        line.append(set_cell_size(plain(row["to"]), columns.to) + " ", "default not bold" if group == BAD else "")
        if columns.name:
            line.append(set_cell_size(plain(row["name"]), columns.name) + " ", "default not bold" if group == BAD else "")
        line.append(set_cell_size(self.output.word(state), columns.state) + " ")
        if group == BUSY:
            done = row["percent"] or 0
            filled = columns.bar * done // 100
            if columns.bar:
                line.append(BAR[self.rough] * filled, "green")
                line.append(REST[self.rough] * (columns.bar - filled) + " ", "dim")
            line.append(f"{done:3}%  " if row["percent"] is not None else "      ")
        line.append(self.note(row, group, now_ms), "default not bold not dim" if group in (BAD, AGAIN) else "")
        return line

    def note(self, row: Row, group: int, now_ms: float) -> str:
        """What else there is to know: why, how long, when."""
        output, words = self.output, []
        if row["eta_ms"]:
            low, high = (clock(ms) for ms in row["eta_ms"])
            span = low if low == high else f"{low}-{high}"
            words.append(output.pick(f"{span} to go", f"剩 {span}"))
        if row["next_ms"] and group not in (GOOD, BAD):
            wait_s = (row["next_ms"] - now_ms) / 1000
            when = (f"in {wait_s:.0f} s", f"{wait_s:.0f} 秒后") if wait_s >= 1 else ("now", "正在")
            words.append(output.pick(f"{'again' if group == AGAIN else 'next look'} {when[0]}", f"{when[1]}{'重试' if group == AGAIN else '查看'}"))
        if row["error"]:
            words.append(output.pick(*reason(row["cloud"], row["error"]["code"], row["error"]["message"])))
        elif group == GOOD:
            words.append(plain(row["image_id"] or ", ".join(row["objects"])))
        elif row["note"]:
            words.append(plain(output.pick(row["note"], row["note_zh"] or "")))
        return ", ".join(words)


class Columns:
    """How wide the parts of a line are, all lines alike."""

    def __init__(self, rows: List[Row], width: int, before: Optional[Columns] = None) -> None:
        # They never become narrower, lest everything jump when a line goes.
        self.to: int = min(max([before.to if before else 0, *(cell_len(plain(row["to"])) for row in rows)]), 24)
        places = {(row["cloud"], row["to"]) for row in rows}
        # A name tells something where a region has several copies, or where there is room for it anyway.
        has_names = width >= WIDE or (len(places) < len(rows) and width >= 60)
        self.name = min(max([cell_len(plain(row["name"])) for row in rows] or [0]), 28 if width >= WIDE else 18) if has_names else 0
        self.state = 10
        self.bar = 24 if width >= WIDE else 12 if width >= 60 else 0


def shares(wanted: Dict[str, int], room: int) -> Dict[str, int]:
    """So many lines among clouds, alike, and none more than it wants."""
    given = dict.fromkeys(wanted, 0)
    while room > 0 and (hungry := [cloud for cloud in wanted if given[cloud] < wanted[cloud]]):
        each = max(room // len(hungry), 1)
        for cloud in hungry[:room]:
            more = min(each, wanted[cloud] - given[cloud])
            given[cloud] += more
            room -= more
    return given
