"""What became of every destination, for people: what went wrong once for all it concerns, the table last."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, List, Sequence

from .output import LINES, Output, aligned, alike, plain, reason, width

if TYPE_CHECKING:
    from ..types import Report, Row

#: Tables longer than this, in rows, are told by cloud and state.
TABLE = 100


def show(report: Report, output: Output) -> None:
    """Prints a report. Raises ``OSError`` where it cannot be written."""
    if output.form == "text" and 1 < len(report["rows"]) <= TABLE:
        output.aside(total(report, output))
    output.result(report["rows"] if output.form == "jsonl" else report, text(report, output) if output.form == "text" else "")


def text(report: Report, output: Output) -> str:
    """A report for people: what to know, what went wrong and why, the table of new ids."""
    rows, steps = report["rows"], report["steps"]
    lines = []
    for group in alike(steps, lambda step: (step["cloud"], step["to"], step["name"], step["state"]), lambda step: (step["cloud"], step["state"])):
        step = group[0]
        where = f"{step['cloud']} {plain(step['to'])}: {plain(step['image_id'] or '-')} {plain(step['name'])} {output.word(step['state'])}"
        lines.append(f"{output.pick('on the way', '中转')}{output.colon}{where}{output.others(group)}")
    for group in alike([row for row in rows + steps if row["note"]], lambda row: row["note"]):
        lines.append(f"{place(group, output)}{output.colon}{plain(output.pick(group[0]['note'] or '', group[0]['note_zh'] or ''))}")
    for group in alike([row for row in rows + steps if row["error"]], same_error, same_code):
        lines += failure(group, output)
    for extra in alike(report["extra"], lambda extra: extra["image_id"], lambda extra: (extra["cloud"], extra["image"])):
        lines.append(too_many(extra, output))
    if len(rows) <= TABLE:
        return "\n".join([*lines, table(rows, output)])
    return "\n".join([*lines, summary(rows, output), output.pick("every row: --output json", "全部明细：--output json"), total(report, output)])


def same_error(row: Row) -> object:
    """Failures that read alike."""
    return row["error"] and (row["cloud"], row["error"]["code"], row["error"]["message"])


def same_code(row: Row) -> object:
    """Failures of one sort."""
    return row["error"] and (row["cloud"], row["error"]["code"])


def failure(group: Sequence[Row], output: Output) -> List[str]:
    """What went wrong, the next step, and what to quote to the vendor."""
    row = group[0]
    error = row["error"]
    assert error
    lines = [f"{place(group, output)}{output.colon}{output.pick(*reason(row['cloud'], error['code'], error['message']))}"]
    hint = output.pick(error["hint"], error["hint_zh"])
    if hint:
        lines.append(f"  {plain(hint)}")
    if row["request_ids"]:
        lines.append(f"  {output.pick('request ids', '请求 ID')}{output.colon}{', '.join(map(plain, row['request_ids']))}")
    return lines


def too_many(group: Sequence[Any], output: Output) -> str:
    """Copies that the plan does not ask for."""
    extra = {name: plain(value) for name, value in group[0].items()}
    told = output.pick(
        f"extra: {extra['cloud']} {extra['region']}: {extra['image_id']} {extra['name']} is a copy of {extra['image']} that the plan does not ask for",
        f"多余：{extra['cloud']} {extra['region']} 的 {extra['image_id']} {extra['name']} 是 {extra['image']} 的副本，但不在计划中",
    )
    return told + output.others(group)


def place(group: Sequence[Row], output: Output) -> str:
    """The destination of the first of some rows, and how many more there are."""
    return f"{group[0]['cloud']} {plain(group[0]['to'])}{output.others(group)}"


def table(rows: Sequence[Row], output: Output) -> str:
    """A line for every destination."""
    head = ("CLOUD", "FROM", "TO", "NAME", "STATE", "NEW IMAGE"), ("云", "源地域", "目标地域", "名称", "状态", "新镜像")
    lines: List[Sequence[str]] = [head[output.zh], *([row["cloud"], row["from"], row["to"], row["name"], output.word(row["state"]), made(row)] for row in rows)]
    room = columns()
    # What a terminal would break is told in fewer columns: without a name that all have, and sources that the cloud tells;
    # else in two lines each.
    has_one_name = len({row["name"] for row in rows}) == 1
    has_one_source = len({(row["cloud"], row["from"]) for row in rows}) == len({row["cloud"] for row in rows})
    for at, is_idle in ((3, has_one_name), (1, has_one_source)):
        if is_idle and not fits(aligned(lines), room):
            lines = [[*line[:at], *line[at + 1 :]] for line in lines]
    whole = aligned(lines)
    if fits(whole, room):
        return whole
    told = aligned([line[:-1] for line in lines]).split("\n")
    return "\n".join(f"{text}\n  {plain(line[-1])}".rstrip() for text, line in zip(told, lines))


def fits(text: str, columns: int) -> bool:
    """Whether no line is wider than that."""
    return max(map(width, text.split("\n"))) <= columns


def columns() -> int:
    """How many columns the terminal has that results go to; a file takes any."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or sys.maxsize
    except (OSError, ValueError, AttributeError):
        return sys.maxsize


def summary(rows: Sequence[Row], output: Output) -> str:
    """A line for every cloud and state."""
    head = ("CLOUD", "STATE", "COUNT", "FOR EXAMPLE"), ("云", "状态", "数量", "示例")
    groups = alike(rows, lambda row: (row["cloud"], row["state"]))
    groups.sort(key=lambda group: (group[0]["cloud"], -len(group)))
    lines = [[group[0]["cloud"], output.word(group[0]["state"]), f"{len(group):,}", " ".join([group[0]["to"], group[0]["name"], made(group[0])])] for group in groups]
    return aligned([head[output.zh], *lines])


def made(row: Row) -> str:
    """What a row has made, as far as it is known."""
    return row["image_id"] or ", ".join(row["objects"]) or row["task_id"] or ""


def total(report: Report, output: Output) -> str:
    """How many destinations there are, and how they stand."""
    number = len(report["rows"])
    counts = ", ".join(f"{count:,} {output.word(state)}" for state, count in sorted(report["counts"].items(), key=lambda item: -item[1]))
    return output.pick(f"{number:,} destinations: {counts}", f"共 {number:,} 个目标：{counts}")


def has_launched(report: Report) -> bool:
    """Whether any launch has left."""
    return any(row["launches"] for row in report["rows"] + report["steps"])


def launched(report: Report, output: Output) -> List[str]:
    """What was launched so far and not refused, for when nothing else can be told."""
    rows = [row for row in report["rows"] + report["steps"] if row["launches"] and row["state"] != "cancelled"]
    lines = [f"  {row['cloud']} {plain(row['to'])} {plain(row['name'])}: {output.word(row['state'])} {plain(made(row))}".rstrip() for row in rows[:LINES]]
    if len(rows) > LINES:
        lines.append(output.pick(f"  and {len(rows) - LINES:,} more", f"  等 {len(rows):,} 个"))
    return [output.pick(f"launched: {len(rows):,} of {len(report['rows']):,}", f"已发起：{len(rows):,} / {len(report['rows']):,}"), *lines]
