"""What the documentation says of the code is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


class Station(NamedTuple):
    """A row of a walk through the code."""

    number: int
    path: str
    function: str
    told: str

    @property
    def room(self) -> str:
        """The layer of the file, as DESIGN.md draws them."""
        if not self.path.startswith("core/src/"):
            return "host"
        room = self.path.split("/")[2]
        return room.removesuffix(".rs")


def walks() -> List[List[Station]]:
    text = (DOCS / "first-hour.md").read_text(encoding="utf-8")
    row = re.compile(r"^\| (\d+) \| `([^`]+)` \| `(\w+)` \| (.*) \|$", re.M)
    found = [[Station(int(number), *cells) for number, *cells in row.findall(part)] for part in re.split(r"^## ", text, flags=re.M)]
    return [walk for walk in found if walk]


def test_stations_of_the_first_hour_are_there() -> None:
    assert [len(walk) for walk in walks()] == [16, 8, 16]
    for walk in walks():
        assert [station.number for station in walk] == list(range(1, len(walk) + 1))
        for station in walk:
            source = (ROOT / station.path).read_text(encoding="utf-8")
            assert re.search(rf"\b(fn|def) {station.function}\b", source), station


def test_rooms_of_the_first_hour_are_left_for_good_or_marked() -> None:
    for walk in walks():
        left: List[str] = []
        for before, station in zip([None, *walk], walk):
            if before and before.room != station.room:
                left.append(before.room)
                assert ("*Back: " in station.told) == (station.room in left), station
            else:
                assert "*Back: " not in station.told, station


def test_commands_of_the_first_hour_are_there() -> None:
    text = (DOCS / "first-hour.md").read_text(encoding="utf-8")
    targets = re.findall(r"`cargo test -p imgferry-tests --test (\w+)`", text)
    assert targets
    for target in targets:
        assert (ROOT / "tests/rust/tests" / f"{target}.rs").exists() or (ROOT / "tests/rust/tests" / target).is_dir(), target


def test_every_room_is_in_the_picture_of_the_design() -> None:
    design = (ROOT / "DESIGN.md").read_text(encoding="utf-8")
    picture = re.search(r"^```\nbase .*?^```", design, re.M | re.S)
    assert picture
    rooms = {entry.name.removesuffix(".rs") for entry in (ROOT / "core/src").iterdir()} - {"lib"}
    assert rooms <= set(re.findall(r"\w+", picture[0]))


@pytest.mark.parametrize("paper", ["CONTRIBUTING.md", "docs/first-hour.md"])
def test_files_that_papers_name_are_there(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")
    named = re.findall(r"`((?:core|py|wasm|tests|docs|findings)/[\w./-]+)`", text)
    assert named
    missing = [path for path in named if not (ROOT / path).exists()]
    assert not missing
