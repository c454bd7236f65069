"""The command line killed while its journal is damaged: every kind of damage once. `make killstorm` kills 1,000 times."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "kill"))

import killstorm


@pytest.mark.parametrize("kind", [*killstorm.DAMAGES, *killstorm.PLACES])
def test_killed_and_damaged(kind: str, tmp_path: Path) -> None:
    told = killstorm.Story(len(kind), tmp_path, 3, [kind]).tell()
    assert (told.kills, told.twice, told.lost, told.broken) == (3, 0, 0, []), told.line()
    assert told.damages == {kind: 1}, "nothing was damaged"
