"""The command line is killed again and again while its journal is damaged in every way that files are, and the simulated clouds count.

`make killstorm` kills 1,000 times, over real HTTP on loopback; `tests/py/test_killstorm.py` tells a short form.

A story is one plan of four copies in bad weather. It is begun, killed by `kill -9` at a random moment and taken up again, until it
has been killed often enough; in between its journal is damaged. What the command line says of the damage is held against what a
person then does: what can be read is gone on with, what cannot is put back from the copy that was there before. At the end every
copy must be there once, and its report must name it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Counter as Counted, Dict, List, NamedTuple, Optional, Sequence

sys.path.insert(0, str(Path(__file__).parents[1] / "py"))

from imgferry import sim
from test_copy import KEYS, PLAN, QUICK

FAULTS = {"lost_after": 0.05, "lost_before": 0.05, "http_500_after": 0.05, "throttle": 0.05}
#: Until a new image shows, and how long whoever takes an older journal up has waited by then, in seconds.
VISIBLE_MS, LATER_S = 50, 0.3
#: Of a story.
KILLS = 8
MARK = b"\xef\xbb\xbf"
#: Root may write what its mode forbids, unless it gives that up.
UNPRIVILEGED = ["setpriv", "--bounding-set=-all"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


class Damage(NamedTuple):
    """What befalls a journal: what becomes of its bytes, given those of the copy that was made before."""

    change: Callable[[bytes, bytes, random.Random], bytes]
    #: What the command line must say of it and its exit code; nothing where the journal is gone on with as it is.
    told: Optional[str] = None
    code: int = 0
    #: Whether lines are gone that were on disk: whoever puts older files back does so later than the moment of the kill.
    loses: bool = False


def last_line(text: bytes) -> int:
    """Where the last line begins."""
    return text.rstrip(b"\n").rfind(b"\n") + 1


def flipped(text: bytes, _: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(last_line(text))
    return text[:at] + bytes([text[at] ^ 1 << dice.randrange(8)]) + text[at + 1 :]


DAMAGES: Dict[str, Damage] = {
    "a line torn while it was written": Damage(lambda text, _, dice: text + text[last_line(text) :][: dice.randrange(1, 60)]),
    "the last line cut off": Damage(lambda text, _, dice: text[: dice.randrange(last_line(text), len(text))], loses=True),
    "cut off at any byte": Damage(lambda text, _, dice: text[: dice.randrange(text.index(b"\n") + 1, len(text) + 1)], loses=True),
    "the last line twice": Damage(lambda text, _, __: text + text[last_line(text) :]),
    "a bit flipped in the middle": Damage(flipped, r"journal", 7),
    "carriage returns": Damage(lambda text, _, __: text.replace(b"\r", b"").replace(b"\n", b"\r\n")),
    "a byte order mark": Damage(lambda text, _, __: MARK + text.removeprefix(MARK)),
    "zero bytes at the end": Damage(lambda text, _, dice: text + bytes(dice.randrange(1, 5000))),
    "zero bytes alone": Damage(lambda text, _, __: bytes(len(text)), r"zero bytes", 7),
    "zero bytes in the middle": Damage(lambda text, _, __: text[: len(text) // 2] + bytes(len(text) // 4) + text[3 * len(text) // 4 :], r"journal", 7),
    "two journals in one": Damage(lambda text, _, __: text + text.removeprefix(MARK), r"first of another journal|is damaged", 7),
    "an older copy put back": Damage(lambda _, older, __: older, loses=True),
}
#: What befalls the place of a journal rather than its bytes.
PLACES = ("the file may not be written", "the folder may not be written", "the disk is full")


class Tally(NamedTuple):
    """What came of the stories so far."""

    damages: Counted[str]
    broken: List[str]
    stories: int = 0
    kills: int = 0
    runs: int = 0
    twice: int = 0
    lost: int = 0

    def line(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.damages.items()))
        return (
            f"{self.kills} kills -9 in {self.stories} stories, {self.runs} runs, {sum(self.damages.values())} damages ({kinds}); "
            f"images made twice {self.twice}, lost {self.lost}, broken {self.broken}"
        )


class Story:
    """One plan, its journal and its clouds."""

    def __init__(self, seed: int, home: Path, kills: int, kinds: Sequence[str]) -> None:
        self.seed, self.home, self.wanted, self.kinds = seed, home, kills, list(kinds)
        self.dice = random.Random(seed)
        self.journal = home / "kept" / "j"
        self.journal.parent.mkdir()
        (home / "plan.json").write_text(json.dumps(PLAN))
        self.kills = self.runs = 0
        self.older = b""
        self.broken: List[str] = []
        self.damages: Counted[str] = Counter()

    def tell(self) -> Tally:
        scenario = {"copy_ms": 600, "visible_after_ms": VISIBLE_MS, "seed": self.seed, "faults": FAULTS}
        with sim.Server(scenario) as server:
            self.begin = ["copy", "plan.json", "--endpoint", server.url, *QUICK, "--journal", str(self.journal)]
            while self.kills < self.wanted:
                self.kill()
                if self.is_begun() and self.kinds:
                    self.befall(self.kinds.pop())
            ended = self.run(self.command(), 120)
            self.expect(ended.returncode == 0, "the end", ended)
            lanes = server.world.ledger()["lanes"]
        made = [lane["images"] for lane in lanes]
        named = json.dumps(json.loads(self.run(["status", str(self.journal), "--output", "json"], 60).stdout or "{}"))
        lost = sum(not any(image in named for image in images) for images in made) + (4 - len(made))
        twice = sum(max(0, len(images) - 1) for images in made)
        return Tally(self.damages, self.broken, 1, self.kills, self.runs, twice, lost)

    def is_begun(self) -> bool:
        """Whether the first line is on disk; before, nothing was sent."""
        return self.journal.exists() and b"\n" in self.journal.read_bytes()

    def size(self) -> int:
        return self.journal.stat().st_size if self.journal.exists() else 0

    def command(self) -> List[str]:
        if self.is_begun():
            return ["resume", str(self.journal)]
        if self.journal.exists():
            self.journal.unlink()
        return self.begin

    def start(self, command: Sequence[str], before: Sequence[str] = ()) -> "subprocess.Popen[str]":
        self.runs += 1
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", **KEYS}
        pipe = subprocess.PIPE
        return subprocess.Popen([*before, sys.executable, "-m", "imgferry", *command], env=env, cwd=self.home, stdout=pipe, stderr=pipe, text=True)

    def run(self, command: Sequence[str], timeout: float, before: Sequence[str] = ()) -> "subprocess.CompletedProcess[str]":
        running = self.start(command, before)
        out, err = running.communicate(timeout=timeout)
        return subprocess.CompletedProcess(running.args, running.returncode, out, err)

    def kill(self) -> None:
        """Starts it, or goes on, and kills it: mostly a random moment after it has written to its journal, else at any time.
        What ends by itself before that is over, and goes on all the same."""
        was = self.journal.read_bytes() if self.is_begun() else b""
        running = self.start(self.command())
        if self.dice.random() < 0.85:
            until = time.monotonic() + 20
            while running.poll() is None and time.monotonic() < until and self.size() in (0, len(was)):
                time.sleep(0.005)
        try:
            out, err = running.communicate(timeout=self.dice.uniform(0, 0.8))
            self.expect(running.returncode == 0, "a run that was not killed", subprocess.CompletedProcess([], running.returncode, out, err))
        except subprocess.TimeoutExpired:
            pass
        running.kill()
        running.communicate()
        self.kills += 1
        self.older = was or self.older

    def befall(self, kind: str) -> None:
        """Something happens to the journal; whoever comes next does what the message says."""
        whole = self.journal.read_bytes()
        if kind in PLACES:
            self.damages[kind] += 1
            return self.befall_place(kind, whole)
        damage = DAMAGES[kind]
        if last_line(whole) == 0 or not self.older and "older" in kind:
            return self.kinds.insert(0, kind)
        self.damages[kind] += 1
        if damage.loses:
            time.sleep(LATER_S)
        changed = damage.change(whole, self.older, self.dice)
        self.journal.write_bytes(changed)
        for command in ("status", "resume") if damage.told else ():
            ran = self.run([command, str(self.journal)], 60)
            said = ran.returncode == damage.code and re.search(damage.told or "", ran.stderr) and "nothing was sent" not in ran.stderr
            self.expect(bool(said) and self.journal.read_bytes() == changed, kind, ran)
        if damage.told:
            self.journal.write_bytes(whole)

    def befall_place(self, kind: str, whole: bytes) -> None:
        if kind == "the disk is full":
            # As many blocks as it has, or one more.
            limit = f'ulimit -f {len(whole) // 1024 + self.dice.randrange(2)}; exec "$@"'
            ran = self.run(["resume", str(self.journal)], 120, ["bash", "-c", limit, "-"])
            # In the middle of a launch it is in doubt: 7. Before anything was launched, nothing is: 5.
            self.expect(ran.returncode in (0, 6, 7) or ran.returncode == 5 and b'"launch":[' not in whole, kind, ran)
            return
        place, mode = (self.journal, 0o400) if "file" in kind else (self.journal.parent, 0o500)
        before = place.stat().st_mode
        place.chmod(mode)
        try:
            ran = self.run(["resume", str(self.journal)], 120, UNPRIVILEGED)
        finally:
            place.chmod(before)
        # A journal that is there needs no folder that can be written.
        self.expect(ran.returncode == 6 and "cannot be written" in ran.stderr if "file" in kind else ran.returncode in (0, 6), kind, ran)
        self.expect("file" not in kind or self.journal.read_bytes() == whole, f"{kind}: it was changed", ran)

    def expect(self, holds: bool, what: str, ran: "subprocess.CompletedProcess[str]") -> None:
        if not holds or "Traceback" in ran.stderr:
            self.broken.append(f"seed {self.seed}, {what}: {ran.returncode} {ran.stderr[-400:]}")


def storm(kills: int, seed: int, tell: Callable[[str], Any] = print) -> Tally:
    """Stories until that many kills; every kind of damage in turn."""
    told = Tally(Counter(), [])
    queue: List[str] = []
    while told.kills < kills:
        if len(queue) < KILLS:
            fresh = [*DAMAGES, *PLACES]
            random.Random(seed).shuffle(fresh)
            queue = fresh + queue
        kinds, queue = queue[-KILLS:], queue[:-KILLS]
        with tempfile.TemporaryDirectory(prefix="imgferry-kills-") as home:
            story = Story(seed, Path(home), min(KILLS, kills - told.kills), kinds)
            one = story.tell()
        # What a story had no time for comes in the next.
        queue += story.kinds
        told = Tally(told.damages + one.damages, told.broken + one.broken, *(a + b for a, b in zip(told[2:], one[2:])))
        if one.broken or one.twice or one.lost:
            tell(f"seed {seed}: {one.line()}")
        seed += 1
    return told


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    began = time.monotonic()
    told = storm(given.kills, given.seed, lambda line: print(line, flush=True))
    print(f"{told.line()}, in {(time.monotonic() - began) / 60:.1f} min")
    return 1 if told.broken or told.twice or told.lost or set(told.damages) != {*DAMAGES, *PLACES} else 0


if __name__ == "__main__":
    sys.exit(main())
