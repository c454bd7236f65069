"""Chinese texts are Chinese to the last mark."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).parents[2]
FOLDERS = ("core/src", "core/sim/src", "py/src", "py/python/imgferry", "wasm/src", "wasm/js/src", "wasm/console/src", "wasm/worker/src")
#: A mark of the narrow kind beside a Chinese character. In a test of escapes a question mark is part of a URL.
NARROW = re.compile(r"[\u4e00-\u9fff][,;:!()]|[,;:!()][\u4e00-\u9fff]")


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in (".rs", ".py", ".ts", ".tsx"))


def test_their_marks_are_of_full_width() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in sources()}
    assert any(re.search(r"[\u4e00-\u9fff]；", text) for text in texts.values()), "there are Chinese texts"
    narrow = [f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}" for path, text in texts.items() for found in NARROW.finditer(text)]
    assert not narrow, narrow
