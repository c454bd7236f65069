"""What became of every destination, as an object that a notebook shows as a table."""

from __future__ import annotations

from html import escape
from typing import Any, Dict, List

from .states import IN_WORDS

#: Rows that are shown; a notebook need not hold a book.
SHOWN = 100


class Report(Dict[str, Any]):
    """A dict of the shape ``imgferry.types.Report``."""

    def _repr_html_(self) -> str:
        rows: List[Dict[str, Any]] = self["rows"]
        head = "".join(f"<th>{name}</th>" for name in ("cloud", "from", "to", "name", "state", "new image", "why"))
        counts = ", ".join(f"{count:,} {IN_WORDS.get(state, state)}" for state, count in self["counts"].items())
        more = f"<p>and {len(rows) - SHOWN:,} more</p>" if len(rows) > SHOWN else ""
        return f"<p>{len(rows):,} destinations: {counts}</p><table><thead><tr>{head}</tr></thead><tbody>{''.join(map(told, rows[:SHOWN]))}</tbody></table>{more}"


def told(row: Dict[str, Any]) -> str:
    """A destination as a line of a table."""
    made = row["image_id"] or ", ".join(row["objects"]) or row["task_id"] or ""
    why = f"{row['error']['code']}: {row['error']['message']}" if row["error"] else row["note"] or ""
    cells = (row["cloud"], row["from"], row["to"], row["name"], IN_WORDS.get(row["state"], row["state"]), made, why)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
