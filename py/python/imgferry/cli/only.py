"""``--only CLOUD[:REGION]``: a part of a plan, and findings about it by their places in the whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Dict, List, Sequence, Tuple

from ..error import Error

if TYPE_CHECKING:
    from ..types import Problem

ENTRY = re.compile(r"(copies|exports)\[(\d+)\](?:\.to\[(\d+)\])?")


class Only:
    """Leaves out of a plan what is not asked for."""

    def __init__(self, given: Sequence[str], plan: Dict[str, Any]) -> None:
        #: Where the entries and destinations that stayed stood before.
        self.before: Dict[str, List[Tuple[int, List[int]]]] = {}
        wanted = [tuple(word.partition(":")[::2]) for text in given for word in text.split(",")]
        if not wanted:
            return
        there = {(entry["cloud"], region) for entry in [*(plan.get("copies") or []), *(plan.get("exports") or [])] for region in regions(entry)}
        for cloud, region in wanted:
            if not any(cloud == known and region in ("", place) for known, place in there):
                raise missing(cloud, region, there)
        for kind in ("copies", "exports"):
            if kind not in plan:
                continue
            kept, self.before[kind] = [], []
            for index, entry in enumerate(plan[kind]):
                chosen = [at for at, region in enumerate(regions(entry)) if (entry["cloud"], "") in wanted or (entry["cloud"], region) in wanted]
                if chosen:
                    kept.append({**entry, "to": [entry["to"][at] for at in chosen]} if "to" in entry else entry)
                    self.before[kind].append((index, chosen))
            plan[kind] = kept

    def places(self, problems: Sequence[Problem]) -> List[Problem]:
        """Findings about the part, by their places in the whole plan."""
        return [{**problem, "path": ENTRY.sub(self.place, problem["path"], count=1)} for problem in problems]

    def place(self, found: "re.Match[str]") -> str:
        kind, index, at = found[1], int(found[2]), found[3]
        if kind not in self.before:
            return found[0]
        before, chosen = self.before[kind][index]
        return f"{kind}[{before}]" + ("" if at is None else f".to[{chosen[int(at)]}]")


def regions(entry: Dict[str, Any]) -> List[str]:
    """Where an entry of a plan goes: its destinations, or for an export the region of the image."""
    if "to" not in entry:
        return [entry["from"]]
    return [target["region"] if isinstance(target, dict) else target for target in entry["to"]]


def missing(cloud: str, region: str, there: "set[Tuple[str, str]]") -> Error:
    """Nothing of the plan goes there."""
    from difflib import get_close_matches

    asked = cloud + (f":{region}" if region else "")
    known = sorted({cloud for cloud, _ in there} | {f"{cloud}:{region}" for cloud, region in there})
    close = get_close_matches(asked, known, n=1)
    hint, hint_zh = f"the plan has {', '.join(known[:12])}", f"计划中有 {', '.join(known[:12])}"
    if close:
        hint, hint_zh = f"did you mean {close[0]}?", f"是否指 {close[0]}？"
    return Error(f"--only {asked}: the plan has no such destination", code="only", hint=hint, hint_zh=hint_zh)
