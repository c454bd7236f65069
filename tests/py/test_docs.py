"""What the documentation says of the code is so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Set, Tuple
from urllib.parse import unquote, urlsplit

import imgferry
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


def test_what_holds_against_threats_is_there() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 15
    for row in rows:
        named = re.findall(r"`(tests/[^`:]+)::([^`]+)`", row)
        assert named, f"nothing shows: {row}"
        for path, name in named:
            source = (ROOT / path).read_text(encoding="utf-8")
            declared = name in source if path.endswith(".mjs") else re.search(rf"\b(def|fn) {name}\(", source)
            assert declared, (path, name)


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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it, but for what rustdoc and typedoc write."""
    if sys.version_info < (3, 10):
        pytest.skip("what builds the site needs Python 3.10 or later")
    folder = tmp_path_factory.mktemp("site")
    for config, place in [("mkdocs.yml", folder), ("mkdocs.zh.yml", folder / "zh")]:
        command = [sys.executable, "-m", "mkdocs", "build", "-f", str(ROOT / config), "-d", str(place)]
        subprocess.run(command, check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    return folder


class Page(HTMLParser):
    """The links, the anchors and what is loaded of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: List[str] = []
        self.loaded: List[str] = []
        self.anchors: Set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: List[Tuple[str, Optional[str]]]) -> None:
        own = dict(attributes)
        self.anchors |= {own[name] or "" for name in ("id", "name") if name in own}
        if tag == "a" and own.get("href"):
            self.links.append(own["href"] or "")
        elif own.get("src") or (tag == "link" and own.get("href")):
            self.loaded.append(own.get("src") or own.get("href") or "")


@pytest.fixture(scope="module")
def pages(site: Path) -> Dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html") if path.name != "404.html"}


def test_links_lead_somewhere(site: Path, pages: Dict[Path, Page]) -> None:
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.path.startswith("/"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if target.is_relative_to(site / "reference/api"):
                continue  # rustdoc's and typedoc's, which check their own
            assert target in pages, f"{path.relative_to(site)}: {link}"
            assert unquote(parts.fragment) in pages[target].anchors, f"{path.relative_to(site)}: {link}"


def test_every_name_of_the_package_is_on_its_page(site: Path, pages: Dict[Path, Page]) -> None:
    anchors = [f"{anchor}." for anchor in pages[site / "reference/python.html"].anchors]
    missing = [name for name in imgferry.__all__ if name != "__version__" and not any(f".{name}." in anchor for anchor in anchors)]
    assert not missing
    text = (DOCS / "reference/python.md").read_text(encoding="utf-8")
    for function in (imgferry.check, imgferry.build, imgferry.plan_schema):
        # Written by hand: overloads would fill a page, and mkdocs takes the brackets of an example for links.
        assert (function.__doc__ or "-").split("\n\n")[0].replace("``", "`") in text


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: Dict[Path, Page]) -> None:
    for path, page in pages.items():
        assert not [link for link in page.loaded if urlsplit(link).netloc], path
        assert "default-src 'self'" in path.read_text(encoding="utf-8"), path
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", sheet.read_text(encoding="utf-8")), sheet


def test_catalogues_are_whole_in_both_languages(site: Path, pages: Dict[Path, Page]) -> None:
    ran = subprocess.run(["cargo", "run", "-q", "-p", "imgferry", "--example", "catalogues"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    for cloud, table in json.loads(ran.stdout).items():
        for folder in (site, site / "zh"):
            for kind, rows, name in [("rules", table.get("rules", []), "id"), ("errors", table.get("codes", []), "code")]:
                missing = {row[name] for row in rows} - (pages[folder / f"reference/{kind}/{cloud}.html"].anchors if rows else set())
                assert not missing, (folder, kind, missing)


def test_every_page_of_the_tutorial_is_there_in_chinese() -> None:
    for page in (DOCS / "tutorial").glob("*.md"):
        assert (DOCS / "zh/tutorial" / page.name).exists()
