"""A report as one page of HTML that needs nothing else: when each destination was what, calls, throttles, request ids."""

from __future__ import annotations

import json
import time
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from .tally import file, read as read_calls
from .lanes import BAD, GOOD, GROUPS, clock
from .output import Output, plain, reason
from .summary import made, total

if TYPE_CHECKING:
    from ..types import Report, Row

#: More destinations than this are not drawn: those that failed come first.
SHOWN = 1_000
#: Width of a line of time, in units of its drawing.
WIDTH = 1_000


class Change(NamedTuple):
    """Since when a lane stood where."""

    at_ms: int
    state: str


class History(NamedTuple):
    """What a journal tells of time: when it began and was last written, when it was taken up again, the changes of each lane."""

    began_ms: int
    ended_ms: int
    resumed_ms: List[int]
    lanes: Dict[int, List[Change]]


def history(journal: str) -> History:
    """Reads the times in a journal, as far as it is whole."""
    lanes: Dict[int, List[Change]] = {}
    times: List[int] = []
    resumed: List[int] = []
    for line in journal.splitlines():
        try:
            record = json.loads(line[9:])
            at = int(record["started"] if "started" in record else record["t"])
        except (ValueError, KeyError, TypeError):
            continue
        times.append(at)
        for lane in record.get("launch", ()):
            lanes.setdefault(lane, []).append(Change(at, "launching"))
        if "resumed" in record:
            resumed.append(at)
        if "is" in record and "lane" in record:
            changes, state = lanes.setdefault(record["lane"], []), str(record["is"].get("phase"))
            if not changes or changes[-1].state != state:
                # A journal that was made shorter tells when the launch left beside where the lane stands.
                if (not changes or changes[-1].state == "launching" and state not in ("image", "task")) and record["is"].get("launched"):
                    changes.append(Change(int(record["is"]["launched"]), "image"))
                changes.append(Change(at, state))
    began = min(times, default=0)
    return History(began, max(times, default=began), resumed, lanes)


def page(name: str, report: Report, journal: str, path: Path, output: Output) -> str:
    """The whole page."""
    told = history(journal)
    calls, throttles = read_calls(file(path))
    rows = sorted([*report["rows"], *report["steps"]], key=lambda row: GROUPS[row["state"]] != BAD)[:SHOWN]
    # What is still open goes on until now; what is drawn needs a little length.
    ends = [told.ended_ms, *(one["t"] for one in throttles)]
    if any(GROUPS[row["state"]] not in (BAD, GOOD) for row in rows):
        ends.append(int(time.time() * 1000))
    scale = Scale(told.began_ms, max(*ends, told.began_ms + 1_000))
    pick = output.pick
    parts = [
        f"<h1>{safe(name)}</h1><p>{safe(total(report, output))}</p>",
        facts(told, scale, calls, throttles, report, output),
        f"<h2>{pick('Timeline', '时间线')}</h2>{timeline(rows, told, throttles, scale, output)}",
        left_out(len(report["rows"]) + len(report["steps"]) - len(rows), output),
        f"<h2>{pick('Destinations', '目标')}</h2>{destinations(rows, told, output)}",
        f"<h2>{pick('Calls', '调用')}</h2>{calls_table(calls, output)}",
        f"<h2>{pick('Throttles', '限流')}</h2>{throttle_table(throttles, output)}",
    ]
    return PAGE.format(lang="zh-CN" if output.zh else "en", title=safe(name), style=STYLE, body="".join(parts))


class Scale(NamedTuple):
    """Moments as places on a line."""

    from_ms: int
    to_ms: int

    def at(self, ms: float) -> float:
        return round(max(min((ms - self.from_ms) / (self.to_ms - self.from_ms), 1), 0) * WIDTH, 1)


def facts(told: History, scale: Scale, calls: Dict[str, List[float]], throttles: Sequence[Any], report: Report, output: Output) -> str:
    """What the whole run comes to."""
    pick = output.pick
    number = int(sum(count[0] for count in calls.values()))
    ready = sum(row["state"] == "ready" for row in report["rows"])
    shown: List[Tuple[str, str]] = [
        (pick("began", "开始"), moment(told.began_ms)),
        (pick("took", "用时"), clock(scale.to_ms - scale.from_ms)),
        (pick("exit code", "退出码"), str(report["exit_code"])),
        (pick("launches", "发起次数"), f"{sum(row['launches'] for row in report['rows'] + report['steps']):,}"),
    ]
    if calls:
        shown.append((pick("calls", "调用次数"), f"{number:,}"))
        if ready:
            shown.append((pick("calls a finished copy", "每个完成副本的调用"), f"{number / ready:.1f}"))
    shown.append((pick("throttled", "被限流"), f"{len(throttles):,}"))
    if told.resumed_ms:
        shown.append((pick("gone on with", "继续次数"), f"{len(told.resumed_ms):,}"))
    return "<dl>" + "".join(f"<div><dt>{safe(name)}</dt><dd>{safe(value)}</dd></div>" for name, value in shown) + "</dl>"


def timeline(rows: Sequence[Row], told: History, throttles: Sequence[Any], scale: Scale, output: Output) -> str:
    """A line of time for every destination, by cloud."""
    pick = output.pick
    states = (("launching", ("launching", "发起中")), ("image", ("copying", "复制中")), ("probing", ("in doubt", "核实中")), ("queued", ("waiting", "等待")))
    key = [f'<span><svg viewBox="0 0 10 10" class="{state}"><rect width="10" height="10"/></svg>{pick(*words)}</span>' for state, words in states]
    key += [f'<span><svg viewBox="0 0 10 10" class="{state}"><rect width="10" height="10"/></svg>{pick(*words)}</span>' for state, words in (("good", ("ready", "就绪")), ("bad", ("failed", "失败")))]
    lines = [f'<p class="key">{"".join(key)}</p>']
    axis = "".join(f'<span style="left:{at}%">{clock((scale.to_ms - scale.from_ms) * at / 100)}</span>' for at in (0, 25, 50, 75))
    for cloud in sorted({row["cloud"] for row in rows}):
        marks = "".join(f'<rect x="{scale.at(one["t"])}" width="2" height="12"><title>{safe(one["code"])}</title></rect>' for one in throttles if one["cloud"] == cloud)
        strip = f'<svg viewBox="0 0 {WIDTH} 12" preserveAspectRatio="none" class="throttled">{marks}</svg>'
        lines.append(f'<h3>{safe(cloud)}</h3><div class="lanes"><span></span><div class="axis">{axis}</div>')
        lines.append(f'<span class="name">{pick("throttles", "限流")}</span>{strip}' if marks else "")
        for row in rows:
            if row["cloud"] == cloud:
                lines.append(f'<span class="name">{safe(row["to"])} <i>{safe(row["name"])}</i></span>{lane(row, told, scale, output)}')
        lines.append("</div>")
    return "".join(lines)


def lane(row: Row, told: History, scale: Scale, output: Output) -> str:
    """One destination in time."""
    changes = told.lanes.get(row["lane"], [])
    drawn: List[str] = []
    for index, change in enumerate(changes):
        until = changes[index + 1].at_ms if index + 1 < len(changes) else scale.to_ms
        group, start = GROUPS.get(change.state), scale.at(change.at_ms)
        if group in (BAD, GOOD):
            # How it ended: a mark, which is seen however short the rest was.
            drawn.append(f'<rect class="{"bad" if group == BAD else "good"}" x="{min(start, WIDTH - 6)}" width="6" height="12"><title>{safe(output.word(change.state))}</title></rect>')
        else:
            style = "image" if change.state in ("task", "finishing") else change.state
            title = safe(f"{output.word(change.state)} {clock(until - change.at_ms)}")
            drawn.append(f'<rect class="{safe(style)}" x="{start}" width="{max(round(scale.at(until) - start, 1), 1)}" height="12"><title>{title}</title></rect>')
    return f'<svg viewBox="0 0 {WIDTH} 12" preserveAspectRatio="none" role="img" aria-label="{safe(output.word(row["state"]))}">{"".join(drawn)}</svg>'


def destinations(rows: Sequence[Row], told: History, output: Output) -> str:
    """All that is to be known of each destination."""
    pick = output.pick
    head = [pick(*words) for words in (("cloud", "云"), ("from", "源地域"), ("to", "目标地域"), ("name", "名称"), ("state", "状态"), ("new image", "新镜像"))]
    head += [pick(*words) for words in (("took", "用时"), ("launches", "发起"), ("why", "原因"), ("request ids", "请求 ID"))]
    return table(head, [destination(row, told, output) for row in rows])


def destination(row: Row, told: History, output: Output) -> str:
    changes = told.lanes.get(row["lane"], [])
    took = clock(changes[-1].at_ms - changes[0].at_ms) if len(changes) > 1 and GROUPS[row["state"]] in (BAD, GOOD) else ""
    error, why = row["error"], output.pick(row["note"] or "", row["note_zh"] or "")
    if error:
        why = f"{output.pick(*reason(row['cloud'], error['code'], error['message']))} {output.pick(error['hint'], error['hint_zh'])}".strip()
    style = {BAD: "bad", GOOD: "good"}.get(GROUPS[row["state"]], "")
    cells = [row["cloud"], row["from"], row["to"], row["name"], output.word(row["state"]), made(row), took, str(row["launches"] or ""), why]
    styles = {4: style, len(cells) - 1: "why"}
    shown = "".join(f'<td class="{styles.get(index, "")}">{safe(cell)}</td>' for index, cell in enumerate(cells))
    return f"<tr>{shown}<td><code>{'<br>'.join(safe(id) for id in row['request_ids'])}</code></td></tr>"


def calls_table(calls: Dict[str, List[float]], output: Output) -> str:
    """How often which operation was called."""
    pick = output.pick
    if not calls:
        return f"<p>{pick('None are kept: they are counted for runs that keep their journal by themselves.', '没有记录：仅统计自动保存日志的运行。')}</p>"
    most = max(count[0] for count in calls.values())
    rows = []
    for name, (number, failed, ms) in sorted(calls.items(), key=lambda item: -item[1][0]):
        bar = f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" class="image"><rect width="{100 * number / most:.0f}" height="10"/></svg>'
        rows.append(f"<tr><td>{safe(name)}</td><td class='number'>{int(number):,}</td><td class='number'>{int(failed) or ''}</td><td class='number'>{ms / number:,.0f} ms</td><td>{bar}</td></tr>")
    return table([pick("operation", "操作"), pick("calls", "次数"), pick("not answered well", "未成功"), pick("mean time", "平均耗时"), ""], rows)


def throttle_table(throttles: Sequence[Any], output: Output) -> str:
    """Who asked to slow down, how often and for how long."""
    pick = output.pick
    if not throttles:
        return f"<p>{pick('None.', '无。')}</p>"
    groups: Dict[Tuple[str, str, str], List[Any]] = {}
    for one in throttles:
        groups.setdefault((str(one["cloud"]), str(one["region"]), str(one["code"])), []).append(one)
    rows = []
    for key, group in sorted(groups.items(), key=lambda item: -len(item[1])):
        waited = max((one["wait_ms"] or 0 for one in group), default=0)
        cells = [*key, f"{len(group):,}", moment(group[0]["t"]), moment(group[-1]["t"]), f"{waited / 1000:g} s"]
        rows.append(f"<tr>{''.join(f'<td>{safe(cell)}</td>' for cell in cells)}</tr>")
    head = [("cloud", "云"), ("region", "地域"), ("code", "错误码"), ("times", "次数"), ("first", "首次"), ("last", "最近"), ("longest wait", "最长等待")]
    return table([pick(*words) for words in head], rows)


def table(head: Sequence[str], rows: Sequence[str]) -> str:
    """A table that scrolls by itself where there is no room for it."""
    return f'<div class="scroll"><table><thead><tr>{"".join(f"<th>{safe(name)}</th>" for name in head)}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def safe(text: object) -> str:
    """What others have written, as text of the page and nothing else."""
    return escape(plain(text))


def left_out(number: int, output: Output) -> str:
    """That not all is shown."""
    return f"<p>{output.pick(f'{number:,} more are not shown here: --output json has all.', f'另有 {number:,} 个未显示：--output json 含全部。')}</p>" if number > 0 else ""


def moment(ms: Optional[int]) -> str:
    """A moment in UTC."""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(ms / 1000)) if ms else ""


PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark"><title>{title}</title><style>{style}</style></head><body><main>{body}</main></body></html>
"""

STYLE = """
:root{--ground:#fff;--text:#1c2430;--faint:#5b6675;--line:#d8dee6;--bed:#eef1f5;--image:#3b7dd8;--launching:#8a63d2;--probing:#c77700;--queued:#b4bdc9;--good:#1f9d55;--bad:#d13438}
@media(prefers-color-scheme:dark){:root{--ground:#12161c;--text:#e3e8ef;--faint:#98a3b3;--line:#2c3440;--bed:#1d242e;--image:#5b9cf0;--launching:#a98bea;--probing:#e5a23c;--queued:#4a5564;--good:#3fbf77;--bad:#f0616a}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:1360px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:1.4rem;margin:0;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:2.2rem 0 .6rem}h3{font-size:.95rem;margin:1.2rem 0 .3rem}
p{margin:.3rem 0;color:var(--faint)}
dl{display:flex;flex-wrap:wrap;gap:10px 28px;margin:1rem 0}dt{color:var(--faint);font-size:.8rem}dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums}
.key{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:.85rem}.key svg{width:10px;height:10px;margin-right:6px}
.lanes{display:grid;grid-template-columns:minmax(0,300px) minmax(0,1fr);gap:3px 12px;align-items:center}
.name{font-size:.85rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.name i{color:var(--faint);font-style:normal}
.lanes svg{width:100%;height:12px;background:var(--bed);border-radius:3px;display:block}
.axis{position:relative;height:1.3em;font-size:.75rem;color:var(--faint);font-variant-numeric:tabular-nums}.axis span{position:absolute;border-left:1px solid var(--line);padding-left:4px}
.image{fill:var(--image)}.launching{fill:var(--launching)}.probing{fill:var(--probing)}.queued,.waiting,.inspecting,.finding{fill:var(--queued)}.good{fill:var(--good);color:var(--good)}.bad{fill:var(--bad);color:var(--bad)}.throttled rect{fill:var(--probing)}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem;width:100%}
th,td{text-align:left;padding:5px 14px 5px 0;border-bottom:1px solid var(--line);vertical-align:top;font-weight:normal}th{color:var(--faint);white-space:nowrap}
td{white-space:nowrap}td.why{white-space:normal;min-width:20em;overflow-wrap:anywhere}td.number{text-align:right;font-variant-numeric:tabular-nums}td.good,td.bad{font-weight:600}td svg{width:120px;height:10px;display:block;margin-top:6px}
code{font:.8rem/1.5 ui-monospace,SFMono-Regular,Menlo,monospace}
@media(max-width:640px){main{padding:16px 14px 48px}.lanes{grid-template-columns:minmax(0,1fr);gap:1px}.lanes svg{margin-bottom:7px}.lanes>span:empty{display:none}}
"""
